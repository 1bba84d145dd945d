package io.shardeddb.simulator.driver;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.PrepareReplicaReply;
import io.shardeddb.protocol.wire.PrepareReplicaRequest;
import io.shardeddb.server.group.runtime.GroupControl;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.log.MemberAddress;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Moves members about: replaces those whose volume is gone, exchanges others as it likes, drops who is named no more.
 */
final class SimOperator {
    private static final long TICK_NANOS = 120 * Schedule.MILLI;
    private static final long ANSWERS_NANOS = 60 * Schedule.MILLI;
    private static final int TIMEOUT_MILLIS = 1_500;

    private final World world;
    private final Schedule schedule;
    private final Map<World.Group, Seen> seen = new HashMap<>();
    /** Ids that were in a committed configuration. */
    private final Set<MemberId> members = new HashSet<>();

    private boolean resting;

    /** @param settled whether nothing is left to do */
    private record Seen(Configuration configuration, long index, boolean settled) {}

    SimOperator(World world) {
        this.world = world;
        schedule = world.schedule();
    }

    void begin() {
        for (World.Group group : world.groups()) {
            schedule.after(schedule.between(0, 5 * TICK_NANOS), () -> look(group));
        }
    }

    /** Only ends what was begun, and repairs what is wrong. */
    void rest() {
        resting = true;
        seen.replaceAll((group, last) -> new Seen(last.configuration(), last.index(), false));
    }

    boolean isBusy() {
        for (World.Group group : world.groups()) {
            Seen last = seen.get(group);
            if (last == null || !last.settled()) {
                return true;
            }
        }
        return false;
    }

    /** The configuration that was seen last; absent: none was. */
    @Nullable
    Configuration configuration(World.Group group) {
        Seen last = seen.get(group);
        return last == null ? null : last.configuration();
    }

    private void look(World.Group group) {
        schedule.after(TICK_NANOS, () -> look(group));
        Map<SimServer, GroupControl.Known> replicas = new HashMap<>();
        Set<SimServer> answered = new HashSet<>();
        for (SimServer server : world.servers()) {
            CompletableFuture<CompletableFuture<GroupControl.@Nullable Known>> asked = new CompletableFuture<>();
            world.network()
                    .<GroupControl.@Nullable Known>call(
                            server,
                            up -> asked.complete(up.control().known(group.id())),
                            asked.thenCompose(known -> known),
                            known -> {
                                answered.add(server);
                                if (known != null) {
                                    replicas.put(server, known);
                                }
                            });
        }
        schedule.after(ANSWERS_NANOS, () -> decide(group, answered, replicas));
    }

    private void decide(World.Group group, Set<SimServer> answered, Map<SimServer, GroupControl.Known> replicas) {
        SimServer leader = group.leader();
        GroupControl.Known known = leader == null ? null : replicas.get(leader);
        if (leader == null || known == null || known.configuration().isJoint()) {
            return;
        }
        Seen before = seen.get(group);
        if (before != null && known.configurationIndex() < before.index()) {
            return;
        }
        Configuration configuration = known.configuration();
        configuration.everyone().forEach(member -> members.add(member.id()));
        Member lost = lost(configuration.voters().members(), answered, replicas);
        Member lostLearner = lost(configuration.learners(), answered, replicas);
        boolean leftovers = drop(group, configuration, replicas);
        boolean settled = lost == null && configuration.learners().isEmpty() && !leftovers;
        seen.put(group, new Seen(configuration, known.configurationIndex(), settled));
        if (lostLearner != null) {
            List<Member> left = new ArrayList<>(configuration.learners());
            left.remove(lostLearner);
            change(group, leader, known, configuration.voters().members(), left);
        } else if (!configuration.learners().isEmpty()) {
            exchange(group, leader, known, lost);
        } else if (lost != null || (!resting && world.faultsGoOn() && schedule.oneIn(4))) {
            add(group, leader, known, answered);
        }
    }

    /** A member whose server says that it is not there. */
    private @Nullable Member lost(
            List<Member> among, Set<SimServer> answered, Map<SimServer, GroupControl.Known> replicas) {
        for (Member member : among) {
            SimServer at = serverOf(member);
            GroupControl.Known there = replicas.get(at);
            if (answered.contains(at) && (there == null || !there.self().equals(member.id()))) {
                return member;
            }
        }
        return null;
    }

    private SimServer serverOf(Member member) {
        return world.serverAt(MemberAddress.parse(member.address()).endpoint());
    }

    /** Drops replicas that were members and are none any more: ids never come back. */
    private boolean drop(World.Group group, Configuration configuration, Map<SimServer, GroupControl.Known> replicas) {
        Set<MemberId> named = new HashSet<>();
        configuration.everyone().forEach(member -> named.add(member.id()));
        boolean found = false;
        for (SimServer server : world.servers()) {
            GroupControl.Known there = replicas.get(server);
            if (there != null && members.contains(there.self()) && !named.contains(there.self())) {
                found = true;
                schedule.trace(() -> "operator drops " + there.self() + " on " + server.name());
                SimServer.Running up = server.running();
                if (up != null) {
                    schedule.after(up.process(), Schedule.MILLI, () -> {
                        GroupControl control = up.control();
                        var _ = control.known(group.id()).thenAccept(now -> {
                            if (now != null && now.self().equals(there.self())) {
                                var _ = control.drop(group.id());
                            }
                        });
                    });
                }
            }
        }
        return found;
    }

    /** The learner takes the place of a voter: of one that is lost, else of any. */
    private void exchange(World.Group group, SimServer leader, GroupControl.Known known, @Nullable Member lost) {
        Configuration configuration = known.configuration();
        Member learner = configuration.learners().getFirst();
        List<Member> voters = new ArrayList<>(configuration.voters().members());
        Member goes = lost != null ? lost : voters.get(schedule.random().nextInt(voters.size()));
        voters.remove(goes);
        voters.add(learner);
        List<Member> learners = new ArrayList<>(configuration.learners());
        learners.remove(learner);
        change(group, leader, known, voters, learners);
    }

    private void add(World.Group group, SimServer leader, GroupControl.Known known, Set<SimServer> answered) {
        Set<SimServer> used = new HashSet<>();
        for (Member member : known.configuration().everyone()) {
            used.add(serverOf(member));
        }
        List<SimServer> free = world.servers().stream()
                .filter(server -> answered.contains(server) && !used.contains(server))
                .toList();
        if (free.isEmpty()) {
            return;
        }
        SimServer chosen = free.get(schedule.random().nextInt(free.size()));
        PrepareReplicaRequest request = PrepareReplicaRequest.newBuilder()
                .setGroup(ConfigurationCodec.uid(group.id()))
                .setDatabase("db")
                .setShard("shard")
                .build();
        CompletableFuture<PrepareReplicaReply.Builder> answer = new CompletableFuture<>();
        world.network()
                .call(
                        chosen,
                        up -> {
                            var _ = up.control().prepare(request).thenAccept(answer::complete);
                        },
                        answer,
                        reply -> {
                            if (reply.hasMember() && !reply.hasError()) {
                                MemberId id = ConfigurationCodec.memberId(reply.getMember());
                                List<Member> learners =
                                        new ArrayList<>(known.configuration().learners());
                                learners.add(new Member(id, chosen.address()));
                                change(
                                        group,
                                        leader,
                                        known,
                                        known.configuration().voters().members(),
                                        learners);
                            }
                        });
    }

    private void change(
            World.Group group, SimServer leader, GroupControl.Known known, List<Member> voters, List<Member> learners) {
        Configuration target = new Configuration(VoterSet.majority(voters), null, learners);
        ChangeMembershipRequest request = ChangeMembershipRequest.newBuilder()
                .setGroup(ConfigurationCodec.uid(group.id()))
                .setExpectedConfigurationIndex(known.configurationIndex())
                .setTarget(ConfigurationCodec.toWire(target))
                .setTimeoutMillis(TIMEOUT_MILLIS)
                .build();
        schedule.trace(() -> "operator asks for voters " + names(voters) + " learners " + names(learners));
        CompletableFuture<io.shardeddb.protocol.wire.ControlReply> answer = new CompletableFuture<>();
        world.network()
                .call(
                        leader,
                        up -> {
                            var _ = up.control().changeMembership(request).thenAccept(answer::complete);
                        },
                        answer,
                        reply -> schedule.trace(() -> "operator was told "
                                + (reply.hasError() ? reply.getError().getCode() : "done")));
    }

    private static String names(List<Member> members) {
        return members.stream().map(Member::address).toList().toString();
    }
}
