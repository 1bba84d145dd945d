package io.shardeddb.consensus;

import java.util.Arrays;

/** Strong reads on a leader: those that arrive together share one round of heartbeats. */
final class StrongReads {
    private final Core core;
    private Ids waiting = new Ids();
    private Ids asking = new Ids();
    private long askedRound;
    private long readIndex;

    StrongReads(Core core) {
        this.core = core;
    }

    void add(long id) {
        waiting.add(id);
    }

    /** Whether a round should be started for reads that wait. */
    boolean wantsRound() {
        return asking.size == 0 && waiting.size > 0;
    }

    /** A round has been started that was sent after all waiting reads were asked. */
    void roundStarted(long round) {
        Ids free = asking;
        asking = waiting;
        waiting = free;
        askedRound = round;
        readIndex = core.commitIndex;
    }

    void confirmed(long round) {
        if (asking.size > 0 && round >= askedRound) {
            for (int i = 0; i < asking.size; i++) {
                core.outbox.confirmedRead(new Effects.ConfirmedRead(asking.ids[i], readIndex, false, core.term));
            }
            asking.size = 0;
        }
    }

    void refuseAll() {
        refuse(asking);
        refuse(waiting);
    }

    private void refuse(Ids ids) {
        for (int i = 0; i < ids.size; i++) {
            core.outbox.refusedRead(ids.ids[i]);
        }
        ids.size = 0;
    }

    private static final class Ids {
        private long[] ids = new long[4];
        private int size;

        private void add(long id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, 2 * size);
            }
            ids[size++] = id;
        }
    }
}
