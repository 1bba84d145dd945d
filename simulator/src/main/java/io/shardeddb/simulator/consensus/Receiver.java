package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.SnapshotMarker;

/** The receiving end of copies at one server: one at a time, and only the last one begun counts. */
final class Receiver {
    private final SimNode node;
    private long copy;
    private boolean copying;

    Receiver(SimNode node) {
        this.node = node;
    }

    boolean mayReceive(long index) {
        Replica running = node.replica();
        // A copy that an old leader asks for must not destroy what is newer.
        return running != null
                && !node.isFrozen()
                && !copying
                && (node.store().isCleared() ? index >= node.log().marker().index() : index > running.commitIndex());
    }

    long begin() {
        node.applier().abandon();
        node.store().clear();
        copying = true;
        return ++copy;
    }

    void end(long which) {
        if (which == copy) {
            copying = false;
        }
    }

    void abandon() {
        copying = false;
        copy++;
    }

    void received(long which, Rows rows, SnapshotMarker marker) {
        if (which == copy) {
            node.whenRunning(() -> install(which, rows, marker));
        }
    }

    private void install(long which, Rows rows, SnapshotMarker marker) {
        if (which != copy || node.replica() == null) {
            return;
        }
        copying = false;
        if (marker.index() < node.log().marker().index()) {
            return;
        }
        boolean flushed = node.cluster.variant != Variant.COPY_ACKNOWLEDGED_BEFORE_FLUSH;
        node.store().install(rows, marker, flushed);
        node.world.trace(node.number() + " has a copy at " + marker.index());
        if (!node.crashesHere()) {
            node.installed(rows, marker);
        }
    }
}
