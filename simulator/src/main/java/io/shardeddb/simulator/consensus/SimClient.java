package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.MemberId;
import org.jspecify.annotations.Nullable;

/** One client: writes under ids that run at most once, and strong reads; each tried at several servers. */
final class SimClient {
    private static final long PATIENCE = 120 * Knobs.MILLI;
    private static final int TRIES = 8;

    private final Cluster cluster;
    private final World world;
    private final int number;
    private long count;
    private long operation;
    private int guess;
    private int tries;
    private boolean reads;
    private long request;
    private long issued;
    /** The greatest time that a server told with an answer. Routers issue ids by it too, not by their own clock. */
    private long told;

    private long schema;
    private long readsDone;
    private long writesDone;

    SimClient(Cluster cluster, int number) {
        this.cluster = cluster;
        this.world = cluster.world;
        this.number = number;
        think();
    }

    long readsDone() {
        return readsDone;
    }

    long writesDone() {
        return writesDone;
    }

    private void think() {
        operation++;
        // Where leases are tried, a busy old leader would learn too soon that it leads no more.
        long most = (cluster.knobs.estranged() ? 200 : 30) * Knobs.MILLI;
        world.after(Knobs.MILLI + world.upTo(most), this::begin);
    }

    private void begin() {
        reads = world.chance(0.4);
        tries = 0;
        issued = Math.max(world.now(), told);
        schema = !reads && number == 0 && world.chance(0.03) ? 1 + count : 0;
        request = (number + 1) * 1_000_000L + ++count;
        attempt();
    }

    private void attempt() {
        if (tries++ == TRIES) {
            think();
            return;
        }
        if (tries > 2) {
            guess = world.random.nextInt(cluster.nodes.size());
        }
        long now = operation;
        long floor = cluster.checker.floor();
        long asked = request;
        boolean reading = reads;
        int tried = tries;
        SimNode server = cluster.nodes.get(guess);
        Requests.Reply reply = (index, leader) -> world.after(world.upTo(2 * Knobs.MILLI), () -> {
            if (reading && index > 0) {
                // Every answer must be true, also one that nobody waits for any more.
                cluster.checker.readAnswered(floor, index, world.now());
            }
            told = Math.max(told, server.lastStamp);
            if (now == operation && (index > 0 || tried == tries)) {
                answered(index, leader, asked, reading);
            }
        });
        long when = issued;
        long version = schema;
        world.after(world.upTo(2 * Knobs.MILLI), () -> ask(server, asked, version, when, reading, reply));
        world.after(PATIENCE, () -> {
            if (now == operation && tried == tries) {
                attempt();
            }
        });
    }

    private void ask(SimNode server, long asked, long version, long when, boolean reading, Requests.Reply reply) {
        server.whenRunning(() -> {
            if (reading) {
                server.requests().read(reply);
            } else {
                server.requests().write(asked, (int) (asked % Rows.KEYS), version, when, reply);
            }
        });
    }

    private void answered(long index, @Nullable MemberId leader, long asked, boolean reading) {
        if (index == 0) {
            SimNode better = leader == null ? null : cluster.nodeOf(leader);
            guess = better == null ? world.random.nextInt(cluster.nodes.size()) : better.number();
            long now = operation;
            int tried = tries;
            world.after(5 * Knobs.MILLI, () -> {
                if (now == operation && tried == tries) {
                    attempt();
                }
            });
            return;
        }
        if (reading) {
            readsDone++;
        } else {
            if (schema == 0) {
                cluster.checker.writeAcknowledged(asked, index, world.now());
            }
            writesDone++;
            repeatLater(asked);
        }
        think();
    }

    /** A router that did not see the answer sends the request once more, to anybody. */
    private void repeatLater(long asked) {
        if (schema == 0 && world.chance(0.1)) {
            SimNode server = cluster.nodes.get(world.random.nextInt(cluster.nodes.size()));
            long when = issued;
            world.after(world.upTo(700 * Knobs.MILLI), () -> ask(server, asked, 0, when, false, (index, leader) -> {}));
        }
    }
}
