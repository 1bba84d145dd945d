package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.LogEntry;
import java.util.ArrayList;
import java.util.List;

/** Applies committed entries to one server's database, through everything that can go wrong with a transaction. */
final class Applier {
    private static final int MOST_ENTRIES = 6;

    private final SimNode node;
    private long target;
    private boolean busy;
    private long attempt;

    Applier(SimNode node) {
        this.node = node;
    }

    void target(long index) {
        target = Math.max(target, index);
        schedule();
    }

    /** Whatever was under way is gone. */
    void abandon() {
        attempt++;
        busy = false;
    }

    void schedule() {
        boolean work = !busy
                && node.isUp()
                && !node.store().isCleared()
                && node.store().rows().applied < target;
        if (work) {
            busy = true;
            long asked = attempt;
            long delay = 200_000 + node.world.upTo(node.world.chance(0.05) ? 40 * Knobs.MILLI : 4 * Knobs.MILLI);
            node.later(delay, () -> {
                if (asked == attempt) {
                    applySome(asked);
                }
            });
        }
    }

    private void applySome(long asked) {
        long from = node.store().rows().applied + 1;
        if (from < node.log().firstIndex()) {
            node.world.trace(node.number() + ": the log no longer reaches back to " + from);
            node.store().clear();
            abandon();
            return;
        }
        List<LogEntry> entries = new ArrayList<>();
        int most = 1 + node.world.random.nextInt(MOST_ENTRIES);
        for (long index = from; index <= target && entries.size() < most; index++) {
            LogEntry entry = node.log().get(index);
            if (schemaOf(entry) > 0) {
                if (entries.isEmpty()) {
                    changeSchema(entry);
                    return;
                }
                break;
            }
            entries.add(entry);
        }
        transact(asked, entries);
    }

    private static long schemaOf(LogEntry entry) {
        return entry.payload() instanceof Batch batch ? batch.schema() : 0;
    }

    /** Up to it, flush; make it so; record it; flush. The process can end in between. */
    private void changeSchema(LogEntry entry) {
        node.store().flush();
        node.store().changeSchemaOnly(schemaOf(entry));
        if (!node.cluster.healed
                && node.world.chance(0.1 + node.cluster.knobs.crashPoints())
                && node.cluster.knobs.crashes() > 0) {
            node.world.trace(node.number() + " dies in the middle of a schema change");
            node.dieAndComeBack(false);
            return;
        }
        commit(List.of(entry), 1);
    }

    private void transact(long asked, List<LogEntry> entries) {
        double faults = node.cluster.healed ? 0 : node.cluster.knobs.databaseFaults();
        if (node.world.chance(faults)) {
            node.world.trace(node.number() + ": a deadlock rolls the transaction back");
            if (node.cluster.variant == Variant.GOING_ON_AFTER_DEADLOCK) {
                node.store().commitOnlyIndex(entries);
                node.cluster.checker.applied(
                        node, node.store().rows().applied, node.store().rows().fingerprint());
            }
            again();
        } else if (node.world.chance(faults)) {
            loseConnection(asked, entries);
        } else {
            commit(entries, 1);
        }
    }

    /** The outcome of the commit is unknown; it may still land. A locking read of the applied row waits for that. */
    private void loseConnection(long asked, List<LogEntry> entries) {
        boolean lands = node.world.random.nextBoolean();
        node.world.trace(
                node.number() + ": unknown commit of " + entries.getFirst().index() + ", lands: " + lands);
        boolean blind = node.cluster.variant == Variant.APPLIED_READ_WITHOUT_LOCK;
        node.later(node.world.upTo(10 * Knobs.MILLI), () -> {
            if (asked != attempt) {
                return;
            }
            if (lands) {
                commit(entries, blind ? 2 : 1);
            } else {
                again();
            }
        });
    }

    private void again() {
        busy = false;
        schedule();
    }

    private void commit(List<LogEntry> entries, int times) {
        for (int i = 0; i < times; i++) {
            node.store().commit(entries, node.clock.wall() - node.world.now(), this::applied);
        }
        long index = entries.getLast().index();
        if (entries.size() == 1 && schemaOf(entries.getFirst()) > 0) {
            node.store().flush();
        }
        node.act(replica -> replica.applied(index));
        node.requests().applied();
        again();
    }

    private void applied(LogEntry entry, long result) {
        Rows rows = node.store().rows();
        node.cluster.checker.applied(node, entry.index(), rows.fingerprint());
        if (entry.payload() instanceof Batch batch && batch.schema() == 0) {
            if (result == entry.index()) {
                node.cluster.checker.ran(batch.request(), result);
            }
            node.requests().written(entry, batch, result);
        }
    }
}
