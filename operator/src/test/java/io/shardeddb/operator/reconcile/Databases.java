package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.world.World;
import io.shardeddb.protocol.wire.Uid;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The database that the tests are about, and how it stands. */
final class Databases {

    static final String SPEC = """
            sharding: {strategy: Range}
            tables: [{name: t, columns: [{name: k, type: Number}, {name: v, type: String}], primaryKey: [k]}]
            shards: [{name: sh1, low: 0, size: 10}, {name: sh2, low: 10, size: 10}, {name: sh3, low: 20, size: 10}]
            replication: {replicas: 3}
            servers: {count: 3}
            deletionPolicy: Retain
            """;

    private final World world;
    private final String name;

    Databases(World world, String name) {
        this.world = world;
        this.name = name;
    }

    /** Creates or changes it, as a person does with kubectl. */
    void apply(String spec) {
        world.admin()
                .resource(Serialization.unmarshal(
                        "apiVersion: shardeddb.io/v1alpha1\nkind: ShardedDatabase\nmetadata: {name: " + name
                                + ", namespace: default}\nspec:\n" + spec.indent(2),
                        ShardedDatabase.class))
                .fieldManager("kubectl")
                .forceConflicts()
                .serverSideApply();
    }

    /** Deletes it. */
    void delete() {
        world.admin().resources(ShardedDatabase.class).withName(name).delete();
    }

    @Nullable
    ShardedDatabase find() {
        return world.admin().resources(ShardedDatabase.class).withName(name).get();
    }

    ShardedDatabase get() {
        return Objects.requireNonNull(find());
    }

    Condition condition(ConditionType type) {
        ShardedDatabase database = get();
        return database.getStatus() == null
                ? new Condition()
                : Objects.requireNonNullElseGet(database.getStatus().condition(type), Condition::new);
    }

    boolean is(ConditionType type, boolean value) {
        Condition condition = condition(type);
        return Objects.equals(condition.getStatus(), value ? "True" : "False")
                && Objects.equals(
                        condition.getObservedGeneration(), get().getMetadata().getGeneration());
    }

    /** Ready, with nothing in progress, for the spec as it is now. */
    boolean ready() {
        return is(ConditionType.Ready, true) && is(ConditionType.Progressing, false);
    }

    Map<String, Shard> shards() {
        Map<String, Shard> shards = new TreeMap<>();
        world.admin().resources(Shard.class).withLabel("shardeddb.io/database", name).list().getItems().stream()
                .sorted(Comparator.comparing(shard -> shard.getSpec().name()))
                .forEach(shard -> shards.put(shard.getSpec().name(), shard));
        return shards;
    }

    Shard shard(String shard) {
        return Objects.requireNonNull(shards().get(shard));
    }

    Uid group(String shard) {
        return Uids.ofResource(shard(shard).groupUid());
    }

    /** Servers that vote, by shard. */
    Map<String, List<String>> voters() {
        Map<String, List<String>> voters = new TreeMap<>();
        shards().forEach((shard, object) ->
                voters.put(shard, world.servers().voters(Uids.ofResource(object.groupUid()))));
        return voters;
    }

    /** How many copies each server holds. */
    Map<String, Integer> loads() {
        Map<String, Integer> loads = new TreeMap<>();
        voters().values().forEach(servers -> servers.forEach(server -> loads.merge(server, 1, Integer::sum)));
        return loads;
    }

    /** How many shards each server leads. */
    Map<String, Integer> leads() {
        Map<String, Integer> leads = new TreeMap<>();
        shards().values().forEach(shard -> {
            String leader = world.servers().leader(Uids.ofResource(shard.groupUid()));
            if (leader != null) {
                leads.merge(leader, 1, Integer::sum);
            }
        });
        return leads;
    }
}
