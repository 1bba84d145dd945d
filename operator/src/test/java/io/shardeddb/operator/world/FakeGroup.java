package io.shardeddb.operator.world;

import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
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

    GroupConfiguration configuration = GroupConfiguration.getDefaultInstance();
    long configurationIndex;
    long index;
    long term;
    long schemaVersion;
    boolean open;
    boolean started;

    @Nullable
    Uid leader;

    boolean votes(Uid member) {
        return configuration.getVotersList().stream()
                .anyMatch(voter -> voter.getMember().equals(member));
    }

    boolean names(Uid member) {
        return votes(member)
                || configuration.getLearnersList().stream()
                        .map(GroupMember::getMember)
                        .anyMatch(member::equals);
    }
}
