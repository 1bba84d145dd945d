package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Outcome;
import io.shardeddb.consensus.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The clients' requests at one server. */
final class Requests {
    /** Where an answer goes. */
    interface Reply {
        /** Done at this index; 0 if it was refused, and who leads instead, if known. */
        void answer(long index, @Nullable MemberId leader);
    }

    private record Write(long term, long request, Reply reply) {}

    private record Read(Effects.ConfirmedRead confirmed, Reply reply) {}

    private final SimNode node;
    private final Map<Long, Write> writes = new HashMap<>();
    private final Map<Long, Reply> asked = new HashMap<>();
    private final List<Read> confirmed = new ArrayList<>();
    private long lastRead;

    Requests(SimNode node) {
        this.node = node;
    }

    void write(long request, int key, long schema, long issued, Reply reply) {
        if (node.cluster.variant == Variant.TIMESTAMP_BEFORE_ORDER) {
            long stamp = Math.max(node.clock.wall(), node.lastStamp + 1);
            node.later(
                    node.world.upTo(3 * Knobs.MILLI),
                    () -> propose(new Batch(request, key, schema, issued, stamp), reply));
        } else {
            long stamp = Math.max(node.clock.wall(), node.lastStamp + 1);
            propose(new Batch(request, key, schema, issued, stamp), reply);
        }
    }

    private void propose(Batch batch, Reply reply) {
        node.act(replica -> {
            switch (replica.propose(List.of(batch), node.now())) {
                case Outcome.Accepted accepted ->
                    writes.put(accepted.firstIndex(), new Write(accepted.term(), batch.request(), reply));
                case Outcome.Refused refused -> reply.answer(0, refused.leader());
            }
        });
    }

    /** An entry has been applied: a request that waits for it gets what its request came to, at first or now. */
    void written(LogEntry entry, Batch batch, long result) {
        Write write = writes.remove(entry.index());
        if (write != null && write.term() == entry.term() && write.request() == batch.request()) {
            write.reply().answer(Math.max(0, result), null);
        }
    }

    void read(Reply reply) {
        long id = ++lastRead;
        asked.put(id, reply);
        node.act(replica -> replica.requestRead(id, node.now()));
    }

    void take(Effects effects) {
        for (long id : effects.refusedReads()) {
            Reply reply = asked.remove(id);
            Replica replica = node.replica();
            if (reply != null) {
                reply.answer(0, replica == null ? null : replica.leader());
            }
        }
        for (Effects.ConfirmedRead read : effects.reads()) {
            Reply reply = asked.remove(read.id());
            if (reply != null) {
                confirmed.add(new Read(read, reply));
            }
        }
        if (!confirmed.isEmpty()) {
            applied();
        }
    }

    /** Reads the rows for the readers that have waited for what is now applied. */
    void applied() {
        Rows rows = node.store().rows();
        Iterator<Read> reads = confirmed.iterator();
        while (reads.hasNext() && !rows.cleared) {
            Read read = reads.next();
            if (rows.applied >= read.confirmed().readIndex()) {
                reads.remove();
                long seen = rows.applied;
                long delay = node.world.random.nextBoolean() ? 0 : node.world.upTo(2 * Knobs.MILLI);
                node.later(delay, () -> answer(read, seen));
            }
        }
    }

    private void answer(Read read, long seen) {
        Replica replica = node.replica();
        if (replica == null) {
            return;
        }
        node.compareClocks();
        if (read.confirmed().byLease() && !replica.leaseHolds(read.confirmed().term(), node.now())) {
            read(read.reply());
        } else {
            read.reply().answer(seen, null);
        }
    }
}
