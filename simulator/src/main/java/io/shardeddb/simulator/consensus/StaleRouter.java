package io.shardeddb.simulator.consensus;

/**
 * A router that knows every server that believes to lead, however wrongly: as soon as there are two of them, it writes
 * to the newer one and reads from the older one.
 */
final class StaleRouter {
    private static final long PERIOD = 2 * Knobs.MILLI;

    private final Cluster cluster;
    private final World world;
    private long count;

    StaleRouter(Cluster cluster) {
        this.cluster = cluster;
        this.world = cluster.world;
        again();
    }

    private void again() {
        world.after(PERIOD, () -> {
            if (!cluster.healed) {
                look();
                again();
            }
        });
    }

    private void look() {
        SimNode older = null;
        SimNode newer = null;
        for (SimNode node : cluster.nodes) {
            if (node.leads()) {
                newer = newer == null || term(node) > term(newer) ? node : newer;
                older = older == null || term(node) < term(older) ? node : older;
            }
        }
        if (older == null || newer == null || older == newer) {
            return;
        }
        write(newer);
        read(older);
    }

    private static long term(SimNode node) {
        var replica = node.replica();
        return replica == null ? 0 : replica.term();
    }

    private void write(SimNode node) {
        long request = 9_000_000L + ++count;
        long issued = world.now();
        node.whenRunning(() -> node.requests()
                .write(request, (int) (request % Rows.KEYS), 0, issued, (index, leader) -> {
                    if (index > 0) {
                        cluster.checker.writeAcknowledged(request, index, world.now());
                    }
                }));
    }

    private void read(SimNode node) {
        long floor = cluster.checker.floor();
        node.whenRunning(() -> node.requests().read((index, leader) -> {
            if (index > 0) {
                cluster.checker.readAnswered(floor, index, world.now());
            }
        }));
    }
}
