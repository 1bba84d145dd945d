package io.shardeddb.operator.plan;

import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Uid;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a decision about one shard rests on.
 *
 * @param group the group's uid
 * @param spec what the resource says
 * @param addresses per server that exists, host:port of its gRPC endpoint
 * @param observed what the servers said
 * @param schema the tables wanted; absent while there are none
 * @param earlier definitions that came into force before those, in their order
 * @param preferredLeader server that a person wants to lead; absent: any
 * @param recoverFrom what a person asked for who recovers the shard from a lost quorum; absent: nothing
 * @param refusedTables that the shard refused the tables wanted when they were brought last; absent: it did not
 * @param failed steps that failed when they were tried last
 */
public record ShardView(
        Uid group,
        ShardSpec spec,
        Map<String, String> addresses,
        Observed observed,
        @Nullable SchemaDefinition schema,
        List<SchemaDefinition> earlier,
        @Nullable String preferredLeader,
        @Nullable String recoverFrom,
        @Nullable RefusedTables refusedTables,
        Map<ShardStep, FailedStep> failed) {

    public ShardView {
        earlier = List.copyOf(earlier);
        failed = Map.copyOf(failed);
    }

    /**
     * That a shard did not take the tables wanted.
     *
     * @param words what its leader said
     * @param again whether it is time to try again
     */
    public record RefusedTables(String words, boolean again) {

        /**
         * One sentence for people.
         *
         * @param version of the tables wanted
         */
        public String told(long version) {
            return "version " + version + " of the tables is not in force here: " + words;
        }
    }

    /**
     * That a step failed when it was tried last.
     *
     * @param words what was said
     * @param told whether it has been failing for long enough to be told
     * @param again whether it is time to try again
     */
    public record FailedStep(String words, boolean told, boolean again) {}

    /** What happened to a recorded member. */
    public enum Fate {
        /** Its server answers and has it. */
        LIVE,
        /** Its server does not answer: it may come back. */
        SILENT,
        /** Its server answers and has it no more (or may not use it any more): it never comes back. */
        LOST
    }

    /** The fate of a recorded member that has an id. */
    public Fate fate(ShardReplicaSpec member) {
        if (!observed.servers().containsKey(member.server())) {
            return addresses.containsKey(member.server()) ? Fate.SILENT : Fate.LOST;
        }
        Optional<ReplicaStatus> replica = observed.replica(member.server(), group);
        boolean there = replica.isPresent()
                && Uids.format(replica.get().getMember()).equals(member.memberId())
                && !isDamaged(replica.get());
        return there ? Fate.LIVE : Fate.LOST;
    }

    /**
     * Whether a replica was found damaged: by itself, or by its group, which has written that into its configuration.
     */
    public boolean isDamaged(ReplicaStatus replica) {
        return replica.getState() == ReplicaState.QUARANTINED || unfit(replica.getMember());
    }

    private boolean unfit(Uid id) {
        Observed.Leader leader = observed.leader(group);
        return leader != null
                && leader.status().getConfiguration().getUnfitList().contains(id);
    }

    /** Whether the shard has the tables wanted, by what its leader says; also when there are none. */
    public boolean hasTables(ReplicaStatus leader) {
        return schema == null || leader.getSchemaVersion() >= schema.getVersion();
    }

    /**
     * The definition that the shard gets next. What a definition drops, takes back or makes narrower is told for shards
     * that have the one before. So one that is further back, recovered from an old copy, gets those between, too.
     */
    public @Nullable SchemaDefinition nextTables(ReplicaStatus leader) {
        long has = leader.getSchemaVersion();
        return earlier.stream()
                .filter(definition -> has > 0 && definition.getVersion() > has)
                .findFirst()
                .orElse(schema);
    }

    /** Servers of the shard that answer and do not know what a definition of tables asks for. */
    public List<String> older(SchemaDefinition definition) {
        return observed.servers().entrySet().stream()
                .filter(server -> server.getValue().getTableRules() < definition.getRules())
                .map(Map.Entry::getKey)
                .filter(server -> wanted(server)
                        || spec.replicas().stream()
                                .anyMatch(replica -> replica.server().equals(server)))
                .sorted()
                .toList();
    }

    /** Whether the placement wants the shard on this server. */
    public boolean wanted(String server) {
        return spec.servers().contains(server);
    }

    /** The recorded member with an id. */
    public Optional<ShardReplicaSpec> member(Uid id) {
        String digits = Uids.format(id);
        return spec.replicas().stream()
                .filter(replica -> digits.equals(replica.memberId()))
                .findFirst();
    }

    /**
     * Whether the group has removed a member with this id, which it will never take back: that is known from the
     * leader's committed configuration alone, so while nobody leads no member counts as retired.
     */
    public boolean retired(Uid id) {
        Observed.Leader leader = observed.leader(group);
        return leader != null
                && leader.status().getConfiguration().getRetiredList().contains(id);
    }

    /** Whether the group has removed this recorded member. */
    public boolean retired(ShardReplicaSpec member) {
        String id = member.memberId();
        return id != null && retired(Uids.parse(id));
    }

    /**
     * Recorded members that have an id and belong to the group, or can still join it, on servers that the placement
     * wants. They are live or may come back, and the group has not removed them.
     */
    public List<ShardReplicaSpec> standing() {
        return spec.replicas().stream()
                .filter(replica -> replica.memberId() != null && wanted(replica.server()) && fate(replica) != Fate.LOST)
                .filter(replica -> !retired(replica))
                .toList();
    }

    /**
     * The replica on a server that can never take part again: its group has removed it, or it was found damaged. A new
     * member is made there only when it is gone, because a server has one replica of a group and would hand out the
     * same id again.
     */
    public Optional<ReplicaStatus> spent(String server) {
        return observed.replica(server, group).filter(replica -> isDamaged(replica) || retired(replica.getMember()));
    }

    /** Whether any server shows a log or a membership of the group. */
    public boolean started() {
        return observed.replicas(group).stream()
                .anyMatch(replica ->
                        replica.getLastIndex() > 0 || replica.getConfiguration().getVotersCount() > 0);
    }
}
