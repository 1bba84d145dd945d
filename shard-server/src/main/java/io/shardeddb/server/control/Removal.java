package io.shardeddb.server.control;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.server.group.PeerCalls;
import io.shardeddb.server.group.runtime.GroupControl;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.log.MemberAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Whether a member was removed from its group. A removed member often never hears of it: the others know. All that it
 * knows may be gone by then, so a caller names others who may know.
 */
final class Removal {
    private final PeerCalls peers;

    Removal(PeerCalls peers) {
        this.peers = peers;
    }

    /**
     * Asks all that may know.
     *
     * @param known a member, and the last committed membership that it knows and that names it
     * @param witnesses endpoints of servers to ask besides those of that membership
     * @return whether one of them knows a later committed membership without it. No id ever comes back, so one is
     *     enough
     */
    CompletableFuture<Boolean> isKnown(GroupControl.Known known, GroupId group, List<String> witnesses) {
        Set<String> endpoints = new TreeSet<>(witnesses);
        for (Member other : known.configuration().everyone()) {
            if (!other.id().equals(known.self())) {
                endpoints.add(MemberAddress.parse(other.address()).endpoint());
            }
        }
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        for (String endpoint : endpoints) {
            answers.add(peers.status(endpoint)
                    .thenApply(status -> tells(status, group, known))
                    .exceptionally(failure -> false));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> answers.stream().anyMatch(CompletableFuture::join));
    }

    private static boolean tells(ServerStatus status, GroupId group, GroupControl.Known known) {
        Uid uid = ConfigurationCodec.uid(group);
        return status.getReplicasList().stream()
                .filter(replica -> replica.getGroup().equals(uid))
                .filter(replica -> replica.getConfigurationIndex() > known.configurationIndex())
                .map(ReplicaStatus::getConfiguration)
                .anyMatch(later -> !names(later, known.self()));
    }

    private static boolean names(GroupConfiguration configuration, MemberId member) {
        List<GroupMember> all = new ArrayList<>(configuration.getVotersList());
        all.addAll(configuration.getLearnersList());
        all.addAll(configuration.getOutgoingVotersList());
        return all.stream()
                .anyMatch(one -> ConfigurationCodec.memberId(one.getMember()).equals(member));
    }
}
