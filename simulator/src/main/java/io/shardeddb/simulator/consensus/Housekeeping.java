package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.consensus.StateMark;

/** What a server does now and then. */
final class Housekeeping {
    private static final int KEPT = 4;

    private Housekeeping() {}

    static void run(SimNode node) {
        Replica replica = node.replica();
        if (replica == null) {
            return;
        }
        if (node.store().isCleared()) {
            if (node.world.chance(0.2)) {
                node.cluster.copyTo(node);
            }
            return;
        }
        node.applier().schedule();
        if (node.world.chance(0.1)) {
            node.store().flush();
        }
        if (node.world.chance(0.1)) {
            replica.stateMark(
                    new StateMark(node.store().rows().applied, node.store().rows().hash));
        }
        int most = node.cluster.knobs.smallLog() ? 10 : 80;
        if (node.log().all().size() > most && node.world.chance(0.5)) {
            purge(node, replica);
        }
    }

    private static void purge(SimNode node, Replica replica) {
        long index = node.store().rows().applied;
        if (node.cluster.variant != Variant.PURGE_BY_APPLIED) {
            node.store().flush();
            index = node.store().durableApplied() - KEPT;
        }
        if (index <= node.log().marker().index() || index > replica.commitIndex()) {
            return;
        }
        SnapshotMarker marker = replica.markerAt(index);
        node.disk().writePurge(marker);
        node.log().purge(marker);
        replica.purged(index);
        node.cluster.checker.purged(node, index);
    }
}
