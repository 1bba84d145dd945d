package io.shardeddb.server.group.propose;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;

/** The writes that wait to be proposed, and those that a closed gate keeps back from it. Confined to the loop. */
final class WaitingWrites {
    private static final int MOST = 8192;

    private final ArrayDeque<Pending> ready = new ArrayDeque<>();
    private final ArrayDeque<Pending> kept = new ArrayDeque<>();
    private final WriteGate gate = new WriteGate();

    /** Takes a write, unless too many wait. */
    boolean offer(Pending write, long now) {
        if (size() >= MOST) {
            return false;
        }
        // What ends a transaction changes nothing that is not decided, and others may wait for it.
        boolean goesOn = write.endsTransaction() || !gate.isClosed(now);
        return goesOn ? ready.add(write) : kept.add(write);
    }

    /** Keeps writes back for a reader. */
    void closeGate(long reader, long now, long nanos) {
        if (gate.close(reader, now, nanos)) {
            for (Iterator<Pending> all = ready.iterator(); all.hasNext(); ) {
                Pending write = all.next();
                if (!write.endsTransaction()) {
                    all.remove();
                    kept.add(write);
                }
            }
        }
    }

    /** A reader needs no write kept back any more. */
    void leaveGate(long reader, long now) {
        gate.leave(reader, now);
    }

    /** Lets go what is kept no longer; whether there was anything. */
    boolean release(long now) {
        if (kept.isEmpty() || gate.isClosed(now)) {
            return false;
        }
        ready.addAll(kept);
        kept.clear();
        return true;
    }

    /** When something that is kept is let go at the latest; the time that is given when nothing is. */
    long releasedBy(long otherwise) {
        return kept.isEmpty() || gate.opensAt() - otherwise > 0 ? otherwise : gate.opensAt();
    }

    /** Those that may be proposed, in order, to be taken. */
    Queue<Pending> ready() {
        return ready;
    }

    /** All of them. */
    int size() {
        return ready.size() + kept.size();
    }

    void refuseAll(WriteReply refusal) {
        for (ArrayDeque<Pending> some : List.of(ready, kept)) {
            some.forEach(write -> write.reply().accept(refusal));
            some.clear();
        }
    }

    /** Refuses those whose time is up. */
    void expire(long now, ReplicaView view) {
        for (ArrayDeque<Pending> some : List.of(ready, kept)) {
            for (Iterator<Pending> all = some.iterator(); all.hasNext(); ) {
                Pending write = all.next();
                if (now - write.deadline() > 0) {
                    all.remove();
                    write.reply()
                            .accept(Answers.write(
                                    ErrorCode.OVERLOADED, "the write waited too long to be begun", view.leader()));
                }
            }
        }
    }
}
