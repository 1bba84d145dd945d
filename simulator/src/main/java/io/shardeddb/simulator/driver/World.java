package io.shardeddb.simulator.driver;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Role;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.log.RecordBatch;
import io.shardeddb.server.log.SharedLog;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.driver.rows.State;
import io.shardeddb.simulator.driver.rows.TransactionTruth;
import io.shardeddb.simulator.driver.rows.Truth;
import io.shardeddb.simulator.driver.schedule.Knobs;
import io.shardeddb.simulator.driver.schedule.RuleBroken;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything of one run. */
final class World {
    private static final long FAULTS_NANOS = 2_500 * Schedule.MILLI;
    private static final long HEALING_NANOS = 40 * Schedule.SECOND;
    private static final long LOCKED_NANOS = 10 * Schedule.SECOND;
    private static final long STEP_NANOS = 100 * Schedule.MILLI;
    /** Who waits in a process that lives is answered within this, whatever happens: its own time and some. */
    private static final long ANSWER_NANOS = 6 * Schedule.SECOND;

    private final Schedule schedule;
    private final Wrong wrong;
    private final Knobs knobs;
    private final Network network;
    /** What is known of writes over several groups; absent where nobody writes so. */
    private final @Nullable TransactionTruth together;

    private final @Nullable ShardDoors doors;
    private final List<SimServer> servers = new ArrayList<>();
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Faults faults;
    private final SimOperator operator;
    private boolean faultsGoOn = true;

    /** A group, and what is known of it. */
    record Group(GroupId id, Truth truth, World world) {
        SimServer anyServer() {
            return world.servers.get(world.schedule.random().nextInt(world.servers.size()));
        }

        /** Whom to ask: mostly who was said to lead. */
        SimServer server(@Nullable LeaderHint hint) {
            return hint != null && !hint.getAddress().isEmpty() && !world.schedule.oneIn(8)
                    ? world.serverAt(hint.getAddress())
                    : anyServer();
        }

        /** Who leads it, as far as can be seen from outside. */
        @Nullable
        SimServer leader() {
            SimServer found = null;
            long term = -1;
            for (SimServer server : world.servers) {
                SimServer.Running up = server.running();
                ReplicaView view = up == null ? null : up.runtime().view(id);
                if (view != null && view.role() == Role.LEADER && view.term() > term) {
                    found = server;
                    term = view.term();
                }
            }
            return found;
        }
    }

    World(Setup setup, Wrong wrong, boolean transactions) {
        schedule = new Schedule(setup.seed(), setup.trace());
        this.wrong = wrong;
        Knobs drawn = Knobs.of(schedule);
        knobs = transactions ? drawn.withGroups(2 + schedule.random().nextInt(2)) : drawn;
        together = transactions ? new TransactionTruth(schedule) : null;
        schedule.trace(knobs::toString);
        network = new Network(this, knobs.servers());
        for (int i = 0; i < knobs.servers(); i++) {
            servers.add(new SimServer(this, i));
        }
        for (int i = 0; i < knobs.groups(); i++) {
            GroupId id = new GroupId(7, 100 + i);
            groups.put(id.toString(), new Group(id, new Truth(schedule, id.toString(), "g" + i, together), this));
        }
        for (int i = 0; i < knobs.clients(); i++) {
            clients.add(transactions ? new TransferClient(this, i) : new SimClient(this, i));
        }
        doors = transactions ? new ShardDoors(this) : null;
        faults = new Faults(this, setup.faults());
        operator = new SimOperator(this);
    }

    Schedule schedule() {
        return schedule;
    }

    Wrong wrong() {
        return wrong;
    }

    Knobs knobs() {
        return knobs;
    }

    Network network() {
        return network;
    }

    List<SimServer> servers() {
        return servers;
    }

    Iterable<Group> groups() {
        return groups.values();
    }

    int groupCount() {
        return groups.size();
    }

    Group anyGroup() {
        return List.copyOf(groups.values()).get(schedule.random().nextInt(groups.size()));
    }

    Truth truth(String group) {
        return Objects.requireNonNull(groups.get(group)).truth();
    }

    boolean faultsGoOn() {
        return faultsGoOn;
    }

    SimServer serverAt(String endpoint) {
        return servers.get(Integer.parseInt(endpoint.substring(1, endpoint.indexOf(':'))));
    }

    /** What is known of writes over several groups. */
    TransactionTruth together() {
        return Objects.requireNonNull(together);
    }

    /** Several groups, in a random order. */
    List<Group> someGroups() {
        List<Group> chosen = new ArrayList<>(groups.values());
        while (chosen.size() > 2 && schedule.oneIn(2)) {
            chosen.remove(schedule.random().nextInt(chosen.size()));
        }
        for (int i = chosen.size() - 1; i > 0; i--) {
            Collections.swap(chosen, i, schedule.random().nextInt(i + 1));
        }
        return chosen;
    }

    /** The epoch at which a group owns its interval, as routers know it. */
    long epoch(Group group) {
        return doors == null ? 1 : doors.epoch(group);
    }

    Group group(String id) {
        return Objects.requireNonNull(groups.get(id));
    }

    /** The one that asked is told the answer once, in time or not. The caller may have gone away meanwhile. */
    <T> Consumer<T> once(String what, SimProcess process, CompletableFuture<T> answer) {
        Waiter waiter = new Waiter(schedule, what, process);
        waiters.add(waiter);
        return reply -> {
            waiter.answered();
            answer.complete(reply);
        };
    }

    /** A process ends in the middle of something; it is begun again after a while. */
    void processEnds(SimProcess process) {
        SimServer server = process.server();
        if (schedule.oneIn(3)) {
            server.powerFails();
        } else {
            server.kill();
        }
        process.end();
        schedule.after(schedule.between(Schedule.MILLI, 700 * Schedule.MILLI), server::start);
    }

    /** The machine of a process loses its power, for a while. */
    void powerFails(SimProcess process) {
        if (process.isAlive()) {
            process.server().powerFails();
            schedule.after(schedule.between(Schedule.MILLI, 700 * Schedule.MILLI), process.server()::start);
        }
    }

    /** Runs everything; throws what was broken. */
    void run() {
        begin();
        faults.begin();
        if (knobs.operates()) {
            operator.begin();
        }
        if (doors != null) {
            doors.begin();
        }
        clients.forEach(Client::begin);
        while (schedule.now() < FAULTS_NANOS) {
            schedule.runUntil(schedule.now() + STEP_NANOS);
            lookAtWaiters();
        }
        faultsGoOn = false;
        schedule.trace(() -> "everything heals");
        faults.healAll();
        long end = schedule.now() + HEALING_NANOS;
        // A while of writes without faults, then everybody comes to an end.
        schedule.runUntil(schedule.now() + 5 * STEP_NANOS);
        clients.forEach(Client::rest);
        // On an idle group nobody would notice that a database lost its last commits.
        int last = knobs.clients();
        for (Group group : groups.values()) {
            SimClient closing = new SimClient(this, last++);
            clients.add(closing);
            closing.writeOnce(group);
        }
        operator.rest();
        String missing = missing();
        while (!missing.isEmpty()) {
            if (schedule.now() > end) {
                throw new RuleBroken("everything is well some time after the last fault", missing);
            }
            schedule.runUntil(schedule.now() + STEP_NANOS);
            lookAtWaiters();
            missing = missing();
            if (schedule.now() > end - HEALING_NANOS + LOCKED_NANOS) {
                requireNothingLocked();
            }
        }
        if (together != null) {
            together.end(groups.values().stream()
                    .map(group -> group.truth().state(group.truth().last()))
                    .toList());
        }
        schedule.check();
    }

    /** Routers die no more since everything healed, and what those left that died is over by now. */
    private void requireNothingLocked() {
        for (Group group : groups.values()) {
            String open = group.truth().open();
            if (!open.isEmpty()) {
                throw new RuleBroken(
                        "no lock is left ten seconds after the last router died", group.id() + " has " + open);
            }
        }
    }

    private void lookAtWaiters() {
        for (Waiter waiter : waiters) {
            if (waiter.isForgotten(ANSWER_NANOS)) {
                throw new RuleBroken("everybody who waits is answered", waiter.what());
            }
        }
        waiters.removeIf(Waiter::isOver);
    }

    /** Groups that have their members from the beginning. */
    private void begin() {
        for (Group group : groups.values()) {
            List<SimServer> chosen = new ArrayList<>(servers);
            while (chosen.size() > knobs.members()) {
                chosen.remove(schedule.random().nextInt(chosen.size()));
            }
            Map<SimServer, Member> members = new LinkedHashMap<>();
            for (SimServer server : chosen) {
                MemberId id = new MemberId(
                        schedule.random().nextLong(), schedule.random().nextLong());
                members.put(server, new Member(id, server.address()));
            }
            VoterSet voters = VoterSet.majority(List.copyOf(members.values()));
            members.forEach((server, member) -> write(server, group, member, voters));
        }
        servers.forEach(SimServer::start);
    }

    private void write(SimServer server, Group group, Member member, VoterSet voters) {
        SimProcess process = new SimProcess(schedule, server, 1);
        try {
            SharedLog log = SharedLog.open(server.disk(), SimServer.LOG, process, (what, cause) -> {
                throw new IllegalStateException(what, cause);
            });
            RecordBatch batch = new RecordBatch();
            GroupLog made = log.begin(batch, group.id(), member.id(), "db", "shard");
            batch.marker(made, SnapshotMarker.bootstrap(voters), false);
            log.submit(batch, batch::written);
            log.close();
        } catch (IOException e) {
            throw new IllegalStateException("an empty disk takes a log", e);
        }
        process.end();
    }

    /** What is not well yet; empty when everything is. */
    private String missing() {
        for (Client client : clients) {
            if (client.isBusy()) {
                return "a client waits";
            }
        }
        for (Waiter waiter : waiters) {
            if (!waiter.isOver()) {
                return waiter.what() + " is not answered";
            }
        }
        if (knobs.operates() && operator.isBusy()) {
            return "the operator is at work";
        }
        for (Group group : groups.values()) {
            String found = missing(group);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return "";
    }

    /** Whether it has a replica that counts; others may have been prepared and never been taken. */
    private boolean hasMember(Group group, SimServer server) {
        Configuration configuration = operator.configuration(group);
        return configuration == null
                || configuration.everyone().stream()
                        .anyMatch(member -> member.address().equals(server.address()));
    }

    private String missing(Group group) {
        SimServer leader = group.leader();
        if (leader == null) {
            return group.id() + " has no leader";
        }
        int well = 0;
        long index = Objects.requireNonNull(
                        Objects.requireNonNull(leader.running()).runtime().view(group.id()))
                .appliedIndex();
        String open = group.truth().open();
        if (!open.isEmpty()) {
            return group.id() + " has open transactions: " + open;
        }
        if (index < group.truth().last()) {
            return group.id() + ": the leader has applied " + index + " of "
                    + group.truth().last();
        }
        for (SimServer server : servers) {
            SimServer.Running up = server.running();
            if (up == null) {
                return server.name() + " is down";
            }
            ReplicaView view = up.runtime().view(group.id());
            if (view == null || !hasMember(group, server)) {
                continue;
            }
            if (view.appliedIndex() != index || !server.serves(group.id())) {
                return server.name() + " has " + group.id() + " at " + view.appliedIndex() + " of " + index + ", "
                        + view.state() + " " + view.reason();
            }
            Database.Replica replica = server.database().present(group.id().toString());
            State rightly = group.truth().state(index);
            if (replica == null || replica.state.index() != index) {
                return server.name() + " has not committed " + index;
            }
            if (!replica.state.isLike(rightly)) {
                throw new RuleBroken(
                        "replicas with the same index have the same rows", server.name() + " differs at " + index);
            }
            well++;
        }
        return well < knobs.members() ? group.id() + " has " + well + " members" : "";
    }
}
