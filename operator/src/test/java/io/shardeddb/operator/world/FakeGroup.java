package io.shardeddb.operator.world;

import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.DefinableTables;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Uid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is committed in one consensus group, wherever its copies are. */
final class FakeGroup {

    /** Member ids by server volume that ever were told apart. */
    final Map<Uid, FakeVolume> homes = new HashMap<>();

    /** Members that hold the whole log. */
    final Set<Uid> copies = new HashSet<>();

    /** What a removed member knows: the configuration that it was removed from, which it takes for the last one. */
    final Map<Uid, GroupConfiguration> leftBehind = new HashMap<>();

    GroupConfiguration configuration = GroupConfiguration.getDefaultInstance();
    long configurationIndex;
    long index;
    long term;
    long schemaVersion;
    SchemaDefinition tables = SchemaDefinition.getDefaultInstance();
    boolean open;
    boolean started;

    @Nullable
    Uid leader;

    boolean votes(Uid member) {
        return configuration.getVotersList().stream()
                .anyMatch(voter -> voter.getMember().equals(member));
    }

    boolean names(Uid member) {
        return named(configuration).contains(member);
    }

    boolean retired(Uid member) {
        return configuration.getRetiredList().contains(member);
    }

    /** The committed configuration is now another one, which retires whom it does not name any more. */
    void follow(GroupConfiguration target) {
        GroupConfiguration before = configuration;
        Set<Uid> gone = named(before);
        gone.removeAll(named(target));
        gone.forEach(member ->
                leftBehind.put(member, before.toBuilder().clearRetired().build()));
        configuration = target.toBuilder()
                .clearRetired()
                .addAllRetired(before.getRetiredList())
                .addAllRetired(gone)
                .build();
        configurationIndex = ++index;
    }

    private static Set<Uid> named(GroupConfiguration configuration) {
        Set<Uid> named = new HashSet<>();
        configuration.getVotersList().forEach(member -> named.add(member.getMember()));
        configuration.getLearnersList().forEach(member -> named.add(member.getMember()));
        return named;
    }

    /** As each copy tells its tables. */
    void tellTables(ReplicaStatus.Builder replica) {
        replica.setSchemaVersion(schemaVersion);
        if (DefinableTables.whole(tables) && tables.getTablesCount() > 0) {
            replica.setSchemaHash(DatabaseSchema.ofWire(tables).hash());
        }
    }

    /** It has these tables from now on. */
    void take(SchemaDefinition definition) {
        tables = definition;
        schemaVersion = definition.getVersion();
    }
}
