package io.shardeddb.simulator.consensus;

/** Injects the faults of one seed while it lasts. */
final class Faults {
    private static final long MILLI = Knobs.MILLI;

    private final Cluster cluster;
    private final World world;
    private final Knobs knobs;

    private long estrangedUntil;

    Faults(Cluster cluster) {
        this.cluster = cluster;
        this.world = cluster.world;
        this.knobs = cluster.knobs;
        again();
    }

    private void again() {
        world.after(10 * MILLI + world.upTo((knobs.estranged() ? 40 : 100) * MILLI), () -> {
            if (!cluster.healed) {
                inject();
                again();
            }
        });
    }

    private SimNode any() {
        // Leaders are where it hurts.
        if (world.random.nextInt(2) == 0) {
            for (SimNode node : cluster.nodes) {
                if (node.leads()) {
                    return node;
                }
            }
        }
        return cluster.nodes.get(world.random.nextInt(cluster.nodes.size()));
    }

    private void inject() {
        if (knobs.estranged()) {
            estrange();
            return;
        }
        switch (world.random.nextInt(12)) {
            case 0, 1 -> partition();
            case 2, 3 -> crash();
            case 4 -> freeze();
            case 5 -> loseVolume();
            case 6 -> rot();
            case 7 -> database();
            case 8 -> powerCut();
            case 9, 10 -> estrange();
            default -> {
                if (knobs.wallSteps()) {
                    stepWall();
                }
            }
        }
    }

    private void partition() {
        if (!world.chance(knobs.partitions())) {
            return;
        }
        int servers = knobs.servers();
        if (world.random.nextInt(3) == 0) {
            cluster.connectAll();
            world.trace("network: all connected");
        } else if (servers > 4 && world.random.nextInt(3) > 0) {
            split();
        } else if (world.random.nextBoolean()) {
            int alone = any().number();
            for (int i = 0; i < servers; i++) {
                cluster.cut(alone, i, i != alone);
                cluster.cut(i, alone, i != alone);
            }
            world.trace("network: " + alone + " is cut off");
        } else {
            int from = world.random.nextInt(servers);
            int to = world.random.nextInt(servers);
            cluster.cut(from, to, from != to);
            world.trace("network: nothing goes from " + from + " to " + to);
        }
        world.after(world.upTo(900 * MILLI), cluster::connectAll);
    }

    /** Two sides, of which the smaller often has the leader and as many as commit, or one less. */
    private void split() {
        int servers = knobs.servers();
        boolean[] side = new boolean[servers];
        side[any().number()] = true;
        for (int more = world.random.nextInt(servers / 2); more > 0; more--) {
            side[world.random.nextInt(servers)] = true;
        }
        for (int from = 0; from < servers; from++) {
            for (int to = 0; to < servers; to++) {
                cluster.cut(from, to, side[from] != side[to]);
            }
        }
        world.trace("network: two sides, " + java.util.Arrays.toString(side));
    }

    private void crash() {
        SimNode node = any();
        if (world.chance(knobs.crashes()) && node.isUp()) {
            boolean quick = world.random.nextBoolean();
            node.kill();
            if (world.chance(knobs.powerLoss() / 2)) {
                node.losePower();
            }
            world.after(1 + world.upTo(quick ? 20 * MILLI : 500 * MILLI), node::start);
        }
    }

    private void powerCut() {
        if (!world.chance(knobs.powerLoss())) {
            return;
        }
        boolean all = world.random.nextInt(3) == 0;
        for (SimNode node : all ? cluster.nodes : java.util.List.of(any())) {
            if (node.isUp()) {
                node.losePower();
                world.after(1 + world.upTo(300 * MILLI), node::start);
            }
        }
    }

    private void freeze() {
        SimNode node = any();
        if (world.chance(knobs.suspensions())) {
            node.freeze(20 * MILLI + world.upTo(700 * MILLI), true);
        } else if (world.chance(knobs.freezes())) {
            node.freeze(5 * MILLI + world.upTo(world.random.nextBoolean() ? 60 * MILLI : 700 * MILLI), false);
        }
    }

    private void loseVolume() {
        SimNode node = any();
        if (!cluster.mayLose(node)) {
            return;
        }
        if (world.chance(knobs.wipes())) {
            world.trace(node.number() + " loses its volume");
            node.wipeAndRestart();
        } else if (world.chance(knobs.rollBacks())) {
            node.rollBack();
        }
    }

    private void rot() {
        SimNode node = any();
        if (world.chance(knobs.rots())
                && node.isUp()
                && cluster.mayLose(node)
                && node.disk().rot(world.random)) {
            world.trace("a record of " + node.number() + " rots");
            node.kill();
            world.after(1 + world.upTo(50 * MILLI), node::start);
        }
    }

    private void database() {
        SimNode node = any();
        if (world.chance(knobs.databaseFaults() * 5) && node.isUp()) {
            node.losesDatabaseTail();
        } else if (world.chance(knobs.databaseLosses()) && node.isUp() && cluster.mayLose(node)) {
            node.losesDatabase();
        }
    }

    /** A leader and one follower cannot hear each other, while others restart quickly: what leases fear. */
    private void estrange() {
        SimNode leader = any();
        SimNode other = cluster.nodes.get(world.random.nextInt(knobs.servers()));
        boolean begins = world.now() >= estrangedUntil && leader != other && leader.leads();
        if (!begins || !world.chance(knobs.partitions())) {
            return;
        }
        boolean transferred = world.chance(knobs.transfers() * 2);
        if (transferred) {
            world.trace(leader.number() + " hands over to " + other.number());
            leader.act(replica -> replica.transferLeadership(other.id(), leader.now()));
        }
        world.trace("network: " + leader.number() + " and " + other.number() + " are estranged");
        cluster.connectionBreaks(leader, other);
        cluster.cut(other.number(), leader.number(), true);
        cluster.cut(leader.number(), other.number(), !transferred);
        if (!transferred && world.chance(0.3)) {
            world.trace("network: nobody hears " + leader.number());
            for (int i = 0; i < knobs.servers(); i++) {
                cluster.cut(leader.number(), i, i != leader.number());
            }
            cluster.connectionsBreak(leader);
        } else if (world.chance(knobs.freezes())) {
            leader.freeze(150 * MILLI + world.upTo(300 * MILLI), false);
        }
        long duration = 300 * MILLI + world.upTo(300 * MILLI);
        estrangedUntil = world.now() + duration + 100 * MILLI;
        world.after(duration, cluster::connectAll);
        if (!world.chance(knobs.crashes())) {
            return;
        }
        for (int i = 0; i < 24; i++) {
            SimNode third = cluster.nodes.get(world.random.nextInt(knobs.servers()));
            if (third != leader && third != other) {
                world.after(150 * MILLI + world.upTo(400 * MILLI), () -> {
                    if (!cluster.healed && third.isUp()) {
                        third.kill();
                        world.after(1 + world.upTo(5 * MILLI), third::start);
                    }
                });
            }
        }
    }

    private void stepWall() {
        any().clock.stepWall((world.random.nextInt(401) - 200) * MILLI);
    }

    /** Everything works again. */
    void heal() {
        cluster.healed = true;
        cluster.connectAll();
        world.trace("everything heals");
        for (SimNode node : cluster.nodes) {
            if (!node.isUp()) {
                node.start();
            }
        }
    }
}
