package io.shardeddb.cli.bench.measured;

import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the servers say of their copies of one shard: whether an election among them would show what it should show.
 *
 * @param byServer one that does not answer is absent
 */
public record Copies(Map<String, ReplicaStatus> byServer) {

    /**
     * Whether a server leads and all copies have applied what its log holds, so that each may win and none has work
     * left.
     *
     * @param count how many copies there must be
     */
    public boolean inStepWith(String leader, int count) {
        ReplicaStatus leading = byServer.get(leader);
        return leading != null
                && leading.getRole() == ReplicaRole.LEADER
                && byServer.size() == count
                && byServer.values().stream().allMatch(copy -> copy.getAppliedIndex() >= leading.getLastIndex());
    }

    /** Whether a server was told to stand later than others. */
    public boolean isRanked(String server) {
        ReplicaStatus copy = byServer.get(server);
        return copy != null && copy.getElectionRank() > 0;
    }

    /**
     * Whether no follower stands later than by its place. What the leader was told while it followed is gone with its
     * process.
     */
    public boolean isNoneRanked(String leader) {
        return byServer.keySet().stream().noneMatch(server -> !server.equals(leader) && isRanked(server));
    }

    /** For people. */
    @Override
    public String toString() {
        return new TreeMap<>(byServer)
                .entrySet().stream()
                        .map(copy -> copy.getKey() + " has applied "
                                + copy.getValue().getAppliedIndex() + " of "
                                + copy.getValue().getLastIndex() + " with rank "
                                + copy.getValue().getElectionRank())
                        .collect(Collectors.joining(", "));
    }
}
