package io.shardeddb.operator.observe;

import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the servers of a database said just now. Never changes. */
public final class Observed {

    private final Map<String, ServerStatus> servers;
    private volatile @Nullable Map<Uid, Group> groups;

    /**
     * What was said.
     *
     * @param servers by server name; a server that did not answer is absent
     */
    public Observed(Map<String, ServerStatus> servers) {
        this.servers = Map.copyOf(servers);
    }

    /** Answers by server name; a server that did not answer is absent. */
    public Map<String, ServerStatus> servers() {
        return servers;
    }

    /** The replicas of a group, by server, and its leader. */
    private static final class Group {
        private final Map<String, ReplicaStatus> replicas = new HashMap<>();
        private @Nullable Leader leader;
    }

    /**
     * Sorted by group when first asked for, once for all shards: looking through all answers for each shard would be
     * quadratic.
     */
    private Map<Uid, Group> groups() {
        Map<Uid, Group> known = groups;
        if (known == null) {
            Map<Uid, Group> sorted = new HashMap<>();
            servers.forEach((server, status) -> status.getReplicasList()
                    .forEach(replica ->
                            add(sorted.computeIfAbsent(replica.getGroup(), uid -> new Group()), server, replica)));
            groups = sorted;
            known = sorted;
        }
        return known;
    }

    private static void add(Group group, String server, ReplicaStatus replica) {
        group.replicas.putIfAbsent(server, replica);
        Leader best = group.leader;
        // A damaged replica takes part in nothing, whatever it was when it was found damaged.
        boolean leads = replica.getRole() == ReplicaRole.LEADER && replica.getState() != ReplicaState.QUARANTINED;
        if (leads && (best == null || replica.getTerm() > best.status().getTerm())) {
            group.leader = new Leader(server, replica);
        }
    }

    /** Whether these are the very answers. */
    @SuppressWarnings(
            "ReferenceEquality") // An answer is an object; comparing what is in them would cost more than it saves.
    boolean isOf(Map<String, ServerStatus> answers) {
        return answers.size() == servers.size()
                && answers.entrySet().stream().allMatch(answer -> servers.get(answer.getKey()) == answer.getValue());
    }

    /** Why a server takes no writes; empty when it does, or when it was told not to, or does not answer. */
    public String readOnlyReason(String server) {
        ServerStatus status = servers.get(server);
        return status == null || status.getDraining() ? "" : status.getReadOnlyReason();
    }

    /** A server's replica of a group. */
    public Optional<ReplicaStatus> replica(String server, Uid group) {
        Group found = groups().get(group);
        return found == null ? Optional.empty() : Optional.ofNullable(found.replicas.get(server));
    }

    /** All replicas of a group. */
    public Collection<ReplicaStatus> replicas(Uid group) {
        Group found = groups().get(group);
        return found == null ? List.of() : found.replicas.values();
    }

    /** The server that leads a group: of those that say so, the one with the greatest term. */
    public @Nullable Leader leader(Uid group) {
        Group found = groups().get(group);
        return found == null ? null : found.leader;
    }

    /**
     * A leader.
     *
     * @param server its server
     * @param status what it says of its group
     */
    public record Leader(String server, ReplicaStatus status) {}
}
