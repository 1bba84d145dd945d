package io.shardeddb.consensus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** A leader's other members, and what quorums of them have reached. */
final class Peers {
    private final Core core;
    private final Map<MemberId, Peer> byId = new LinkedHashMap<>();
    private Configuration configuration = Configuration.EMPTY;
    private @Nullable Peer[] incoming = new Peer[0];
    private @Nullable Peer[] outgoing = new Peer[0];
    private @Nullable Cabinet incomingWeights;
    private @Nullable Cabinet outgoingWeights;
    private long weightClock;
    private long[] scratch = new long[0];

    Peers(Core core) {
        this.core = core;
    }

    @Nullable
    Peer get(MemberId id) {
        return byId.get(id);
    }

    Collection<Peer> all() {
        return byId.values();
    }

    /** Follows the configuration in force. */
    @SuppressWarnings(
            "ReferenceEquality") // The same object means unchanged; comparing deeply at each commit would cost more.
    void refresh() {
        Configuration current = core.configuration();
        if (current == configuration) {
            return;
        }
        configuration = current;
        Map<MemberId, Peer> before = new LinkedHashMap<>(byId);
        byId.clear();
        for (Member member : current.everyone()) {
            if (!member.id().equals(core.self)) {
                Peer known = before.get(member.id());
                Peer peer = known != null ? known : new Peer(member.id(), core.log.lastIndex() + 1);
                peer.quarantined |= core.rules.remembersUnfit() && current.isUnfit(member.id());
                byId.put(member.id(), peer);
            }
        }
        VoterSet left = current.outgoing();
        incoming = places(current.voters());
        outgoing = left == null ? new Peer[0] : places(left);
        incomingWeights = weights(current.voters(), incomingWeights);
        outgoingWeights = left == null ? null : weights(left, outgoingWeights);
        scratch = new long[Math.max(incoming.length, outgoing.length) + byId.size()];
    }

    /** Weights of their own for each configuration, under a clock that no other had in this term. */
    private @Nullable Cabinet weights(VoterSet voters, @Nullable Cabinet before) {
        if (voters.faultTolerance() == 0) {
            return null;
        }
        if (before != null && before.scheme().size() == voters.size() && !core.rules.givesWeightsOutAnew()) {
            return before;
        }
        long latest = before == null ? 0 : before.clock();
        weightClock = Math.max(weightClock, latest) + 1;
        return new Cabinet(voters, core.rules.weights(voters), voters.position(core.self), weightClock);
    }

    private @Nullable Peer[] places(VoterSet voters) {
        @Nullable Peer[] places = new Peer[voters.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = byId.get(voters.members().get(i).id());
        }
        return places;
    }

    /** The greatest index that the configuration's rule commits. */
    long committed() {
        long own = core.rules.ownMatch(core.log.durableIndex(), core.log.lastIndex());
        VoterSet left = configuration.outgoing();
        long reached = committed(configuration.voters(), incomingWeights, values(incoming, own, peer -> peer.match));
        return left == null
                ? reached
                : core.rules.jointly(
                        reached, committed(left, outgoingWeights, values(outgoing, own, peer -> peer.match)));
    }

    private long committed(VoterSet voters, @Nullable Cabinet weights, long[] matches) {
        if (weights == null) {
            return core.rules.committed(voters, matches);
        }
        weights.observe(matches, core.log.lastIndex(), core.now, core.settings.heartbeatInterval());
        return core.rules.committed(weights, matches);
    }

    /** Whether commits in some half go by weights, which move with time. */
    boolean isWeighted() {
        return incomingWeights != null || outgoingWeights != null;
    }

    /** What a member weighs: among the voters to come, if it is one of them. */
    Weight weight(MemberId id) {
        Weight coming = weight(configuration.voters(), incomingWeights, id);
        VoterSet left = configuration.outgoing();
        return coming.value() > 0 || left == null ? coming : weight(left, outgoingWeights, id);
    }

    private static Weight weight(VoterSet voters, @Nullable Cabinet weights, MemberId id) {
        int position = weights == null ? -1 : voters.position(id);
        return weights == null || position < 0 ? Weight.NONE : new Weight(weights.clock(), weights.weight(position));
    }

    /** The weights in use, those of the voters to come first. */
    List<QuorumStatus> quorums() {
        List<QuorumStatus> quorums = new ArrayList<>();
        if (incomingWeights != null) {
            quorums.add(incomingWeights.status());
        }
        if (outgoingWeights != null) {
            quorums.add(outgoingWeights.status());
        }
        return quorums;
    }

    /**
     * The greatest round or time that commit quorums have acknowledged, if the leader itself has acknowledged
     * {@code own}.
     */
    long confirmed(long own, ToLongFunction<Peer> acknowledged) {
        VoterSet left = configuration.outgoing();
        long reached = core.rules.confirmed(configuration.voters(), values(incoming, own, acknowledged));
        return left == null
                ? reached
                : core.rules.jointly(reached, core.rules.confirmed(left, values(outgoing, own, acknowledged)));
    }

    private long[] values(@Nullable Peer[] places, long own, ToLongFunction<Peer> value) {
        int count = 0;
        for (Peer peer : places) {
            if (peer == null) {
                scratch[count++] = own;
            } else {
                scratch[count++] = peer.quarantined ? Long.MIN_VALUE : value.applyAsLong(peer);
            }
        }
        if (!core.rules.countsOnlyVoters()) {
            countLearners(count, value);
        }
        return scratch;
    }

    /** Lets the best learners take the place of the worst voters: a wrong rule that tests switch on. */
    private void countLearners(int voters, ToLongFunction<Peer> value) {
        int count = voters;
        for (Peer peer : byId.values()) {
            if (configuration.isLearner(peer.id)) {
                scratch[count++] = value.applyAsLong(peer);
            }
        }
        java.util.Arrays.sort(scratch, 0, count);
        System.arraycopy(scratch, count - voters, scratch, 0, voters);
    }

    /** Whether both quorums of a set of voters consist of live members that have what is committed, or nearly. */
    boolean alive(VoterSet voters) {
        int live = 0;
        for (Member member : voters.members()) {
            Peer peer = byId.get(member.id());
            if (member.id().equals(core.self) || (peer != null && isAlive(peer))) {
                live++;
            }
        }
        return live >= Math.max(voters.commitQuorum(), voters.electionQuorum());
    }

    private boolean isAlive(Peer peer) {
        return !peer.quarantined
                && peer.state == ReplicaStatus.PeerState.REPLICATING
                && peer.confirmedAt != Long.MIN_VALUE
                && core.now - peer.confirmedAt < core.settings.electionTimeout();
    }

    List<ReplicaStatus.PeerStatus> status() {
        List<ReplicaStatus.PeerStatus> status = new ArrayList<>();
        for (Peer peer : byId.values()) {
            status.add(new ReplicaStatus.PeerStatus(
                    peer.id,
                    peer.state,
                    peer.match,
                    peer.appliedIndex,
                    peer.refusedIndex,
                    peer.refusedRequest,
                    peer.confirmedAt,
                    peer.quarantined,
                    peer.appends.summary(),
                    peer.heartbeats.summary()));
        }
        return status;
    }
}
