package io.shardeddb.consensus;

import io.shardeddb.consensus.ReplicaStatus.PeerState;
import java.util.List;

/** How a leader brings its entries to the others. */
final class Replication {
    private final Core core;
    private final Leadership leadership;

    Replication(Core core, Leadership leadership) {
        this.core = core;
        this.leadership = leadership;
    }

    /** Sends to each member what its window allows. */
    void sendEntries() {
        for (Peer peer : leadership.peers.all()) {
            while (mayServe(peer) && sendOne(peer)) {
                // goes on until the window is full or nothing is left
            }
        }
    }

    /** Whether a member that has the entries has not been told that they are committed. */
    boolean commitIsNews() {
        for (Peer peer : leadership.peers.all()) {
            if (peer.state == PeerState.REPLICATING && peer.commitSent < core.commitIndex) {
                return true;
            }
        }
        return false;
    }

    private boolean mayServe(Peer peer) {
        return switch (peer.state) {
            case PROBING -> !peer.probing;
            case REPLICATING -> peer.next <= core.log.lastIndex() && !peer.windowIsFull(core.settings);
            case COPYING -> false;
        };
    }

    /** Sends one append. Returns whether another may follow. */
    private boolean sendOne(Peer peer) {
        ReplicaLog log = core.log;
        long previous = peer.next - 1;
        if (previous < log.firstIndex() - 1) {
            peer.state = PeerState.COPYING;
            core.outbox.copyNeeded(new Effects.CopyNeeded(peer.id, log.firstIndex()));
            return false;
        }
        List<LogEntry> entries = List.of();
        if (peer.next <= log.lastIndex()) {
            entries = log.entries(peer.next, core.settings.maxAppendBytes());
            if (entries.isEmpty()) {
                return false;
            }
        }
        peer.commitSent = core.commitIndex;
        peer.appendRound = leadership.round();
        core.outbox.send(new Message.AppendRequest(
                core.group,
                core.self,
                peer.id,
                core.term,
                leadership.round(),
                previous,
                log.term(previous),
                entries,
                core.commitIndex,
                leadership.peers.weight(peer.id)));
        if (peer.state == PeerState.PROBING) {
            peer.probing = true;
            return false;
        }
        peer.next += entries.size();
        peer.sent(peer.next - 1, size(entries), core.now);
        return true;
    }

    private static int size(List<LogEntry> entries) {
        int bytes = 0;
        for (int i = 0; i < entries.size(); i++) {
            bytes += entries.get(i).sizeInBytes();
        }
        return bytes;
    }

    void onResponse(Peer peer, Message.AppendResponse response) {
        if (lostItsLog(peer, response.round(), response.lastIndex())) {
            return;
        }
        if (response.accepted()) {
            matched(peer, response.matchIndex(), true);
        } else {
            refused(peer, response);
        }
    }

    void onHeartbeatResponse(Peer peer, Message.HeartbeatResponse response) {
        if (lostItsLog(peer, response.round(), response.lastIndex())) {
            return;
        }
        if (response.durableIndex() > peer.match) {
            matched(peer, response.durableIndex(), false);
        }
        if (peer.state == PeerState.COPYING && response.appliedIndex() >= core.log.firstIndex() - 1) {
            // It has what the copy was to bring, and the report was lost, with its process or with the leader of the
            // term before.
            peer.probeFrom(Math.min(response.appliedIndex(), core.log.lastIndex()) + 1);
        }
        boolean sawLatest = response.round() > peer.appendRound;
        if (sawLatest && peer.state == PeerState.PROBING) {
            peer.probing = false;
        } else if (sawLatest && peer.state == PeerState.REPLICATING && response.appendedIndex() < peer.next - 1) {
            peer.probeFrom(Math.max(peer.match, response.appendedIndex()) + 1);
        }
    }

    /** A log that is shorter than it has been: the member's disk was rolled back. It must not count again. */
    private boolean lostItsLog(Peer peer, long round, long lastIndex) {
        if (round > peer.matchRound && lastIndex < peer.match) {
            leadership.quarantine(peer, "its log ends at " + lastIndex + " but it had acknowledged " + peer.match);
        }
        return peer.quarantined;
    }

    private void matched(Peer peer, long index, boolean answersAppend) {
        ReplicaLog log = core.log;
        if (index > log.lastIndex()) {
            throw new IllegalStateException("member " + peer.id + " acknowledges " + index + " in term " + core.term
                    + ", whose log ends at " + log.lastIndex());
        }
        boolean advanced = index > peer.match;
        if (advanced) {
            peer.match = index;
            peer.matchRound = leadership.round();
        }
        boolean servable = peer.state == PeerState.PROBING || index >= log.firstIndex() - 1;
        if (peer.state != PeerState.REPLICATING && servable && (advanced || answersAppend)) {
            peer.replicate();
        }
        peer.release(peer.match, core.now);
        peer.next = Math.max(peer.next, peer.match + 1);
        if (advanced) {
            leadership.advanceCommit();
            leadership.handOverIfReady(peer);
        }
    }

    private void refused(Peer peer, Message.AppendResponse response) {
        long refusedIndex = response.matchIndex();
        boolean stale = peer.state == PeerState.PROBING ? refusedIndex != peer.next - 1 : refusedIndex <= peer.match;
        if (stale || peer.state == PeerState.COPYING) {
            return;
        }
        ReplicaLog log = core.log;
        long agreed = Math.min(refusedIndex - 1, response.hintIndex());
        while (agreed > peer.match && agreed >= log.firstIndex() && log.term(agreed) > response.hintTerm()) {
            agreed--;
        }
        peer.probeFrom(Math.max(peer.match, agreed) + 1);
    }
}
