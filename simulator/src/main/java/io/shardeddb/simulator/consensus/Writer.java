package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.Message;
import java.util.ArrayDeque;
import java.util.List;

/** A process's way to its disk: batches are written at once and forced together, and messages wait for the force. */
final class Writer {
    private record Pending(long number, List<Message> messages) {}

    private final SimNode node;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private boolean forcing;

    Writer(SimNode node) {
        this.node = node;
    }

    /** Returns whether the process is still alive. */
    boolean write(Effects effects) {
        if (node.crashesHere()) {
            return false;
        }
        if (effects.writes()) {
            node.disk().write(effects);
        }
        pending.add(new Pending(effects.number(), effects.messagesWhenDurable()));
        if (node.crashesHere()) {
            return false;
        }
        force();
        return true;
    }

    private void force() {
        if (forcing || pending.isEmpty()) {
            return;
        }
        forcing = true;
        Cluster cluster = node.cluster;
        SimDisk disk = node.disk();
        int count = disk.written();
        long last = pending.getLast().number();
        long asked = node.incarnation();
        node.world.after(100_000 + node.world.upTo(cluster.knobs.slowForce()), () -> {
            if (asked != node.incarnation()) {
                return;
            }
            boolean failed = !cluster.healed && node.world.chance(cluster.knobs.forceErrors());
            if (failed) {
                node.world.trace(node.number() + ": a force fails");
                disk.forceFailed(count);
                if (cluster.variant != Variant.RETRIED_FORCE) {
                    node.dieAndComeBack(false);
                    return;
                }
            } else {
                disk.forced(count);
            }
            node.whenRunning(() -> forced(asked, last));
        });
    }

    private void forced(long asked, long last) {
        if (asked != node.incarnation() || node.crashesHere()) {
            return;
        }
        forcing = false;
        while (!pending.isEmpty() && pending.getFirst().number() <= last) {
            for (Message message : pending.removeFirst().messages()) {
                node.cluster.send(node, message);
            }
            if (node.crashesHere()) {
                return;
            }
        }
        node.act(running -> running.persisted(last, node.now()));
        force();
    }
}
