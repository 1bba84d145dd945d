package io.shardeddb.operator.plan;

import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One shard and all servers that can have to do with it, as a value: what real servers keep, without rows, logs or
 * time. Members are numbers: the server's place times 100, and how many the server had before.
 *
 * @param wanted places of the servers that shall hold it
 * @param recorded members in the resource
 * @param starter the member recorded to start it; 0: none yet
 * @param voters of the committed membership
 * @param learners of the committed membership
 * @param retired ids that the group removed
 * @param unfit ids that the group found to be no good
 * @param leader the member that leads; 0: none
 * @param tables whether it has its tables
 * @param open whether clients may write
 * @param preferred place of the server that a person wants to lead; negative: none
 */
record ShardWorld(
        List<Server> servers,
        Set<Integer> wanted,
        List<Recorded> recorded,
        int starter,
        Set<Integer> voters,
        Set<Integer> learners,
        Set<Integer> retired,
        Set<Integer> unfit,
        int leader,
        boolean tables,
        boolean open,
        int preferred) {

    static final Uid GROUP = Uid.newBuilder().setHigh(7).setLow(7).build();
    static final SchemaDefinition TABLES =
            SchemaDefinition.newBuilder().setVersion(2).build();

    private static final int PER_SERVER = 100;
    private static final long END = 20;

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int place = 0; place < servers.size(); place++) {
            Server server = servers.get(place);
            text.append(name(place)).append(':').append(server.up).append(' ').append(server.replica);
            text.append(server.copy ? " copy " : " ").append(server.health == Health.FINE ? "" : server.health);
            text.append(server.handsOver ? " hands over; " : "; ");
        }
        return text + "wanted " + wanted + " recorded " + recorded + " starter " + starter + " voters " + voters
                + " learners " + learners + " retired " + retired + " unfit " + unfit + " leader " + leader
                + (tables ? " tables" : "") + (open ? " open" : "") + " preferred " + preferred;
    }

    /** Whether a server can be asked. */
    enum Up {
        ANSWERS,
        SILENT,
        /** It was removed: it has no address. */
        GONE
    }

    /** How a replica stands. */
    enum Health {
        FINE,
        /** Its database is away. */
        STALLED,
        /** Only the leader knows that it is no good. */
        DOUBTED,
        /** It knows itself that it is no good. */
        DAMAGED
    }

    /**
     * A server.
     *
     * @param replica the member on its volume; 0: none
     * @param copy whether that has the rows
     * @param handsOver whether it keeps no leadership
     * @param had how many members it had so far
     */
    record Server(Up up, int replica, boolean copy, Health health, boolean handsOver, int had) {

        Server with(Up now) {
            return new Server(now, replica, copy, health, handsOver, had);
        }

        Server with(Health now) {
            return new Server(up, replica, copy, now, handsOver, had);
        }

        Server holding(int member, boolean rows) {
            return new Server(
                    up, member, rows, Health.FINE, handsOver, member == 0 ? had : Math.max(had, member % PER_SERVER));
        }

        Server handingOver(boolean now) {
            return new Server(up, replica, copy, health, now, had);
        }
    }

    record Recorded(int member, MemberRole role) {}

    /** Servers with nothing on them, and a shard that is to be on the first ones. */
    static ShardWorld empty(int servers, int copies) {
        List<Server> all = new ArrayList<>();
        Set<Integer> wanted = new TreeSet<>();
        for (int place = 0; place < servers; place++) {
            all.add(new Server(Up.ANSWERS, 0, false, Health.FINE, false, 0));
            if (place < copies) {
                wanted.add(place);
            }
        }
        return new ShardWorld(all, wanted, List.of(), 0, Set.of(), Set.of(), Set.of(), Set.of(), 0, false, false, -1);
    }

    static String name(int place) {
        return String.valueOf((char) ('a' + place));
    }

    private static int place(String server) {
        return server.charAt(0) - 'a';
    }

    static int placeOf(int member) {
        return member / PER_SERVER;
    }

    private static Uid uid(int member) {
        return Uid.newBuilder().setLow(member).build();
    }

    private static GroupMember wire(int member) {
        String server = name(placeOf(member));
        return GroupMember.newBuilder()
                .setMember(uid(member))
                .setServer(server)
                .setAddress(server + ":7000")
                .build();
    }

    private static int member(Uid uid) {
        return (int) uid.getLow();
    }

    Server at(int member) {
        return servers.get(placeOf(member));
    }

    /** Whether a member is on its volume. */
    boolean there(int member) {
        return at(member).replica == member;
    }

    /** Whether a member answers and has the rows. */
    boolean live(int member) {
        Server server = at(member);
        return server.up == Up.ANSWERS && there(member) && server.copy && server.health != Health.DAMAGED;
    }

    /** Whether a leader counts it. */
    boolean counted(int member) {
        return live(member) && at(member).health != Health.DOUBTED && !unfit.contains(member);
    }

    private boolean quorum(Set<Integer> of) {
        return of.stream().filter(this::counted).count() >= of.size() / 2 + 1;
    }

    /** The voters could still elect somebody if all servers that are silent came back. */
    boolean hasHope() {
        long left = voters.stream()
                .filter(this::there)
                .filter(member -> at(member).copy)
                .filter(member -> at(member).health != Health.DAMAGED && at(member).health != Health.DOUBTED)
                .filter(member -> at(member).up != Up.GONE && !unfit.contains(member))
                .count();
        return left >= voters.size() / 2 + 1;
    }

    boolean started() {
        return !voters.isEmpty();
    }

    /** All is as it was asked for. */
    boolean settled() {
        Set<Integer> holding = new TreeSet<>();
        voters.forEach(member -> holding.add(placeOf(member)));
        boolean clean = true;
        for (int place = 0; place < servers.size(); place++) {
            Server server = servers.get(place);
            clean &= server.up != Up.ANSWERS || server.replica == 0 || voters.contains(server.replica);
        }
        return leader != 0
                && tables
                && open
                && clean
                && learners.isEmpty()
                && holding.equals(wanted)
                && voters.stream().allMatch(this::counted)
                && voters.stream().allMatch(member -> recorded.stream().anyMatch(one -> one.member == member))
                // One on a silent server is kept in mind until that answers.
                && recorded.stream().allMatch(one -> voters.contains(one.member) || at(one.member).up == Up.SILENT);
    }

    /** What the operator sees. */
    ShardView view(Map<ShardStep, ShardView.FailedStep> failed) {
        Map<String, String> addresses = new HashMap<>();
        Map<String, ServerStatus> answers = new HashMap<>();
        for (int place = 0; place < servers.size(); place++) {
            Server server = servers.get(place);
            if (server.up != Up.GONE) {
                addresses.put(name(place), name(place) + ":7000");
            }
            if (server.up == Up.ANSWERS) {
                ServerStatus.Builder status = ServerStatus.newBuilder()
                        .setServer(name(place))
                        .setMysqlReachable(server.health != Health.STALLED)
                        .setReadOnlyReason(server.handsOver ? "its volume is nearly full" : "");
                if (server.replica != 0) {
                    status.addReplicas(replica(server));
                }
                answers.put(name(place), status.build());
            }
        }
        List<ShardReplicaSpec> members = recorded.stream()
                .map(one -> new ShardReplicaSpec(
                        name(placeOf(one.member)),
                        name(placeOf(one.member)) + ":7000",
                        Uids.format(uid(one.member)),
                        null,
                        one.role))
                .toList();
        ShardSpec spec = new ShardSpec(
                "db",
                "s",
                new IntervalSpec(0L, 10L),
                1L,
                wanted.stream().map(ShardWorld::name).toList(),
                null,
                starter == 0 ? null : Uids.format(uid(starter)),
                members);
        Observed seen = new Observed(answers);
        String leader = preferred < 0 ? null : name(preferred);
        return new ShardView(GROUP, spec, addresses, seen, TABLES, List.of(), leader, null, null, failed);
    }

    private ReplicaStatus replica(Server server) {
        int member = server.replica;
        boolean named = voters.contains(member) || learners.contains(member);
        ReplicaStatus.Builder status = ReplicaStatus.newBuilder()
                .setGroup(GROUP)
                .setMember(uid(member))
                .setRole(member == leader ? ReplicaRole.LEADER : ReplicaRole.FOLLOWER)
                .setState(
                        server.health == Health.DAMAGED
                                ? ReplicaState.QUARANTINED
                                : server.health == Health.STALLED
                                        ? ReplicaState.STALLED
                                        : server.copy
                                                ? ReplicaState.HEALTHY
                                                : named ? ReplicaState.COPYING : ReplicaState.EMPTY);
        if (server.copy) {
            GroupConfiguration.Builder configuration = GroupConfiguration.newBuilder();
            voters.forEach(one -> configuration.addVoters(wire(one)));
            learners.forEach(one -> configuration.addLearners(wire(one)));
            unfit.forEach(one -> configuration.addUnfit(uid(one)));
            if (member == leader) {
                retired.forEach(one -> configuration.addRetired(uid(one)));
            }
            status.setLastIndex(END)
                    .setTerm(3)
                    .setLastTerm(3)
                    .setConfigurationIndex(12)
                    .setConfiguration(configuration)
                    .setSchemaVersion(tables ? TABLES.getVersion() : 0)
                    .setOpen(open);
        }
        if (member == leader) {
            Stream.concat(voters.stream(), learners.stream())
                    .forEach(one -> status.addProgress(MemberProgress.newBuilder()
                            .setMember(uid(one))
                            .setNeedsCopy(!at(one).copy || !there(one))
                            .setMatchIndex(at(one).copy && there(one) ? END : 0)
                            .setQuarantined(unfit.contains(one) || at(one).health == Health.DOUBTED)));
        }
        return status.build();
    }

    /** A server as it is after something happened to it. */
    ShardWorld with(int place, Server now) {
        List<Server> all = new ArrayList<>(servers);
        all.set(place, now);
        return new ShardWorld(
                all, wanted, recorded, starter, voters, learners, retired, unfit, leader, tables, open, preferred);
    }

    ShardWorld wanting(Set<Integer> places) {
        return new ShardWorld(
                servers, places, recorded, starter, voters, learners, retired, unfit, leader, tables, open, preferred);
    }

    ShardWorld preferring(int place) {
        return new ShardWorld(
                servers, wanted, recorded, starter, voters, learners, retired, unfit, leader, tables, open, place);
    }

    private ShardWorld grouped(Set<Integer> vote, Set<Integer> learn, Set<Integer> gone, Set<Integer> bad, int leads) {
        return new ShardWorld(
                servers, wanted, recorded, starter, vote, learn, gone, bad, leads, tables, open, preferred);
    }

    private ShardWorld recording(int start, List<Recorded> members) {
        return new ShardWorld(
                servers, wanted, members, start, voters, learners, retired, unfit, leader, tables, open, preferred);
    }

    /**
     * Some time goes by without the operator: elections, hand-overs, copies, and what the group finds out about its
     * members.
     */
    ShardWorld later() {
        ShardWorld world = this;
        if (!started()) {
            return world;
        }
        boolean leads = leader != 0 && voters.contains(leader) && counted(leader) && quorum(voters);
        int elected = leads
                ? leader
                : quorum(voters)
                        ? voters.stream().filter(this::counted).findFirst().orElse(0)
                        : 0;
        if (elected != 0 && at(elected).handsOver) {
            elected = voters.stream()
                    .filter(this::counted)
                    .filter(member -> !at(member).handsOver)
                    .findFirst()
                    .orElse(elected);
        }
        Set<Integer> bad = new TreeSet<>(unfit);
        if (elected != 0) {
            for (int place = 0; place < servers.size(); place++) {
                Server server = servers.get(place);
                boolean named = voters.contains(server.replica) || learners.contains(server.replica);
                if (named && server.health == Health.DOUBTED) {
                    bad.add(server.replica);
                }
                if (bad.contains(server.replica) && server.up == Up.ANSWERS) {
                    world = world.with(place, server.with(Health.DAMAGED));
                }
                if (learners.contains(server.replica)
                        && server.up == Up.ANSWERS
                        && server.health == Health.FINE
                        && !server.copy) {
                    world = world.with(place, server.holding(server.replica, true));
                }
            }
        }
        return world.grouped(voters, learners, retired, bad, elected);
    }

    /** What a step makes of the world; absent when the server refuses it. */
    @Nullable
    ShardWorld after(ShardStep step) {
        return switch (step) {
            case ShardStep.PrepareMember prepare -> prepared(place(prepare.server()));
            case ShardStep.RecordMembers record ->
                recording(
                        record.bootstrapMember() == null ? 0 : member(Uids.parse(record.bootstrapMember())),
                        record.replicas().stream()
                                .map(one -> new Recorded(
                                        member(Uids.parse(Objects.requireNonNull(one.memberId()))),
                                        one.role() == null ? MemberRole.Learner : one.role()))
                                .toList());
            case ShardStep.Bootstrap start ->
                bootstrapped(
                        member(Uids.parse(Objects.requireNonNull(start.member().memberId()))), start.schema() != null);
            case ShardStep.ChangeMembership change -> changed(change.target());
            case ShardStep.MoveLeader move -> moved(member(move.target()));
            case ShardStep.DefineSchema _ -> with(true, open);
            case ShardStep.Open _ -> with(tables, true);
            case ShardStep.DropReplica drop -> dropped(place(drop.server()), member(drop.member()));
            case ShardStep.Recover _, ShardStep.Await _, ShardStep.Withhold _ -> this;
        };
    }

    private ShardWorld with(boolean hasTables, boolean isOpen) {
        return new ShardWorld(
                servers, wanted, recorded, starter, voters, learners, retired, unfit, leader, hasTables, isOpen,
                preferred);
    }

    private @Nullable ShardWorld prepared(int place) {
        Server server = servers.get(place);
        if (server.up != Up.ANSWERS) {
            return null;
        }
        int member = server.replica == 0 ? place * PER_SERVER + server.had + 1 : server.replica;
        List<Recorded> members = new ArrayList<>(recorded);
        members.removeIf(one -> one.member == member);
        members.add(new Recorded(member, MemberRole.Learner));
        return (server.replica == 0 ? with(place, server.holding(member, false)) : this).recording(starter, members);
    }

    private @Nullable ShardWorld bootstrapped(int member, boolean withTables) {
        if (started() || !there(member) || at(member).up != Up.ANSWERS) {
            return null;
        }
        return with(placeOf(member), at(member).holding(member, true))
                .grouped(Set.of(member), Set.of(), Set.of(), Set.of(), member)
                .with(withTables, open);
    }

    private @Nullable ShardWorld changed(GroupConfiguration target) {
        Set<Integer> vote = new TreeSet<>();
        target.getVotersList().forEach(one -> vote.add(member(one.getMember())));
        Set<Integer> learn = new TreeSet<>();
        target.getLearnersList().forEach(one -> learn.add(member(one.getMember())));
        Set<Integer> all = new TreeSet<>(vote);
        all.addAll(learn);
        boolean bringsBack = all.stream().anyMatch(retired::contains);
        boolean unready = vote.stream().anyMatch(one -> !voters.contains(one) && !counted(one));
        boolean same = vote.equals(voters);
        if (leader == 0 || bringsBack || (!same && (unready || !quorum(vote) || !quorum(voters)))) {
            return null;
        }
        Set<Integer> gone = new TreeSet<>(retired);
        Stream.concat(voters.stream(), learners.stream())
                .filter(one -> !all.contains(one))
                .forEach(gone::add);
        Set<Integer> bad = new TreeSet<>(unfit);
        bad.retainAll(all);
        return grouped(vote, learn, gone, bad, vote.contains(leader) ? leader : 0);
    }

    private @Nullable ShardWorld moved(int target) {
        return leader == 0 || !voters.contains(target) || !counted(target)
                ? null
                : grouped(voters, learners, retired, unfit, target);
    }

    private @Nullable ShardWorld dropped(int place, int member) {
        Server server = servers.get(place);
        boolean named = voters.contains(member) || learners.contains(member);
        if (server.up != Up.ANSWERS
                || server.replica != member
                || server.health == Health.STALLED
                || (named && server.health != Health.DAMAGED)) {
            return null;
        }
        return with(place, server.holding(0, false));
    }
}
