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
                byId.put(member.id(), known != null ? known : new Peer(member.id(), core.log.lastIndex() + 1));
            }
        }
        incoming = places(current.voters());
        outgoing = current.outgoing() == null ? new Peer[0] : places(current.outgoing());
        scratch = new long[Math.max(incoming.length, outgoing.length) + byId.size()];
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
        long reached = core.rules.committed(configuration.voters(), values(incoming, own, peer -> peer.match));
        return left == null
                ? reached
                : core.rules.jointly(reached, core.rules.committed(left, values(outgoing, own, peer -> peer.match)));
    }

    /** The greatest round or time that commit quorums have acknowledged, if the leader itself has acknowledged {@code own}. */
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
                    peer.id, peer.state, peer.match, peer.appliedIndex, peer.confirmedAt, peer.quarantined));
        }
        return status;
    }
}
