package io.shardeddb.operator.world;

import io.shardeddb.operator.plan.Quorum;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.protocol.wire.BootstrapRequest;
import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.DefineSchemaRequest;
import io.shardeddb.protocol.wire.DropReplicaRequest;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.PrepareReplicaReply;
import io.shardeddb.protocol.wire.PrepareReplicaRequest;
import io.shardeddb.protocol.wire.RecoverRequest;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.SealTimestampsRequest;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.SetOpenRequest;
import io.shardeddb.protocol.wire.TimestampGroup;
import io.shardeddb.protocol.wire.TimestampState;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shard servers without rows: members, memberships, copies, leaders and volumes as the real ones have them, kept in one
 * place. They refuse what the real ones refuse (a member id that was removed comes back to no group), and note as a
 * violation what must never be asked: starting a group twice, dropping a member that a committed membership names,
 * losing the last copy.
 */
public final class FakeServers {

    private final Map<Uid, FakeGroup> groups = new HashMap<>();
    private final Map<Long, TimestampGroup> timestampGroups = new HashMap<>();
    private final Map<String, FakeVolume> volumes = new HashMap<>();
    private final Map<String, Running> running = new TreeMap<>();
    private final IdentityHashMap<FakeVolume, Running> runningOn = new IdentityHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private final Set<String> frozen = new HashSet<>();
    private long nextId = 1;
    private int copiesMade;
    private int mostDown;
    private boolean mayLoseAll;

    private final Map<String, String> credentials = new HashMap<>();
    private String credential = "";

    private int definitions;
    private final FakeTables tables = new FakeTables();

    /** What the servers take of tables. */
    public FakeTables tables() {
        return tables;
    }

    /** The tables that a group has. */
    public synchronized SchemaDefinition tables(Uid group) {
        return Objects.requireNonNull(groups.get(group)).tables;
    }

    private void note(SchemaDefinition definition, FakeGroup group) {
        tables.note(
                definition,
                Stream.concat(
                                group.configuration.getVotersList().stream(),
                                group.configuration.getLearnersList().stream())
                        .map(GroupMember::getServer)
                        .toList());
    }

    /** From now on every new version of the tables is refused with these words; "" for none. */
    public void refuseTables(String words) {
        tables.refuseAll(words);
    }

    /** A group goes on from a copy that has tables of an earlier time, as after a lost quorum. */
    public synchronized void goBack(Uid group, SchemaDefinition earlier) {
        Objects.requireNonNull(groups.get(group)).take(earlier);
    }

    /** How often leaders were asked to define tables. */
    public synchronized int definitions() {
        return definitions;
    }

    /** From now on all servers and routers run with this credential, but for those named otherwise; "" for none. */
    public synchronized void credential(String fingerprint) {
        credential = fingerprint;
    }

    /** A server, or a router's pod, runs with a credential of its own from now on; "" for none. */
    public synchronized void credential(String process, String fingerprint) {
        credentials.put(process, fingerprint);
    }

    /** It runs with the credential of all others again. */
    public synchronized void credentialOfAll(String process) {
        credentials.remove(process);
    }

    private String lastShown = "";

    synchronized void shown(String authorization) {
        lastShown = authorization;
    }

    /** What the operator showed with its last call. */
    public synchronized String lastShown() {
        return lastShown;
    }

    synchronized String credentialOf(String process) {
        return credentials.getOrDefault(process, credential);
    }

    private record Running(String server, String address, FakeVolume volume) {}

    private Uid fresh() {
        return Uid.newBuilder().setHigh(0x5eed).setLow(nextId++).build();
    }

    /** A pod started: its server runs on the volume of a claim, which is made when it is new. */
    synchronized void start(String address, String server, String claim) {
        FakeVolume volume = volumes.computeIfAbsent(claim, name -> new FakeVolume(fresh()));
        volume.boots++;
        Running one = new Running(server, address, volume);
        running.put(address, one);
        runningOn.put(volume, one);
    }

    /** A pod stopped. */
    synchronized void stop(String address) {
        remove(address);
        mostDown = Math.max(mostDown, (int) volumes.values().stream()
                .filter(volume -> !volume.members.isEmpty())
                .filter(volume -> !runningOn.containsKey(volume))
                .count());
    }

    private void remove(String address) {
        Running one = running.remove(address);
        if (one != null) {
            runningOn.remove(one.volume(), one);
        }
    }

    /** A claim is gone, and the volume with it. */
    synchronized void lose(String claim) {
        FakeVolume volume = volumes.remove(claim);
        if (volume == null) {
            return;
        }
        groups.forEach((uid, group) -> {
            boolean had = group.copies.removeIf(member -> group.homes.get(member) == volume);
            if (had && group.copies.isEmpty() && !mayLoseAll) {
                violations.add("the last copy of group " + Uids.format(uid) + " went with " + claim);
            }
        });
    }

    /** A data directory is wiped under a server; what runs there goes on with an empty one. */
    public synchronized void wipe(String server) {
        Running one = find(server);
        volumes.entrySet().stream()
                .filter(entry -> entry.getValue() == one.volume())
                .map(Map.Entry::getKey)
                .findFirst()
                .ifPresent(claim -> {
                    lose(claim);
                    remove(one.address());
                    start(one.address(), server, claim);
                });
    }

    /** A server stops answering, or answers again. */
    public synchronized void freeze(String server, boolean stands) {
        if (stands) {
            frozen.add(server);
        } else {
            frozen.remove(server);
        }
    }

    private Running find(String server) {
        return running.values().stream()
                .filter(one -> one.server().equals(server))
                .findFirst()
                .orElseThrow();
    }

    /** The test itself takes the last copies: that is no violation any more. */
    public synchronized void mayLoseAll() {
        mayLoseAll = true;
    }

    /** Clients write: the log of every shard grows. */
    public synchronized void grow() {
        groups.values().forEach(group -> group.index++);
    }

    /** What was done that must never be done. */
    public synchronized List<String> violations() {
        return Stream.concat(violations.stream(), tables.violations().stream()).toList();
    }

    /** How often a member received a whole copy. */
    public synchronized int copiesMade() {
        return copiesMade;
    }

    /** How many servers with members were down at once, at most. */
    public synchronized int mostDown() {
        return mostDown;
    }

    /** Forgets how many were down at once. */
    public synchronized void resetMostDown() {
        mostDown = 0;
    }

    /** Servers that hold voters of a group. */
    public synchronized List<String> voters(Uid group) {
        return configuration(group).getVotersList().stream()
                .map(GroupMember::getServer)
                .sorted()
                .toList();
    }

    /** A group's committed membership. */
    public synchronized GroupConfiguration configuration(Uid group) {
        return Objects.requireNonNull(groups.get(group)).configuration;
    }

    /** The server that leads a group, if one does. */
    public synchronized @Nullable String leader(Uid group) {
        FakeGroup one = Objects.requireNonNull(groups.get(group));
        elect(one);
        return one.leader == null ? null : serverOf(one, one.leader);
    }

    /** Replicas on running servers that no membership names. */
    public synchronized List<String> strays() {
        List<String> strays = new ArrayList<>();
        running.values()
                .forEach(one -> one.volume().members.forEach((uid, member) -> {
                    FakeGroup group = groups.get(uid);
                    if (group == null || !group.names(member)) {
                        strays.add(one.server() + " " + Uids.format(uid));
                    }
                }));
        return strays;
    }

    private @Nullable String serverOf(FakeGroup group, Uid member) {
        Running one = runningOn.get(group.homes.get(member));
        return one == null ? null : one.server();
    }

    private boolean live(FakeGroup group, Uid member) {
        String server = serverOf(group, member);
        return server != null && !frozen.contains(server) && group.copies.contains(member);
    }

    private void elect(FakeGroup group) {
        if (!group.started) {
            return;
        }
        int voters = group.configuration.getVotersCount();
        int tolerance = group.configuration.getFaultTolerance();
        List<Uid> live = group.configuration.getVotersList().stream()
                .map(GroupMember::getMember)
                .filter(member -> live(group, member))
                .toList();
        if (group.leader != null && live.contains(group.leader) && live.size() >= Quorum.commit(voters, tolerance)) {
            return;
        }
        group.leader = null;
        if (live.size() >= Math.max(Quorum.election(voters, tolerance), Quorum.commit(voters, tolerance))) {
            group.leader = live.getFirst();
            group.term++;
            group.index++;
        }
    }

    /** Learners receive the log, one copy each, as soon as somebody looks and a leader is there. */
    private void copy(FakeGroup group) {
        if (group.leader == null) {
            return;
        }
        for (GroupMember learner : group.configuration.getLearnersList()) {
            if (serverOf(group, learner.getMember()) != null && group.copies.add(learner.getMember())) {
                copiesMade++;
            }
        }
    }

    /** The status of the server at an address; absent when nobody answers there. */
    synchronized @Nullable ServerStatus status(String address) {
        Running one = running.get(address);
        if (one == null || frozen.contains(one.server())) {
            return null;
        }
        ServerStatus.Builder status = ServerStatus.newBuilder()
                .setServer(one.server())
                .setVolume(one.volume().id)
                .setBootCounter(one.volume().boots)
                .setCredential(credentialOf(one.server()))
                .setTableRules(tables.rules(one.server()))
                .setMysqlReachable(true);
        if (!one.volume().timestamps.equals(TimestampState.getDefaultInstance())) {
            status.setTimestamps(one.volume().timestamps);
        }
        one.volume().members.forEach((uid, member) -> status.addReplicas(replica(uid, member)));
        return status.build();
    }

    synchronized TimestampState configureTimestamps(String address, TimestampGroup group) {
        FakeVolume volume = Objects.requireNonNull(running.get(address)).volume();
        TimestampState before = volume.timestamps;
        TimestampGroup known = timestampGroups.putIfAbsent(group.getEpoch(), group);
        if (known != null && !known.getMembersList().equals(group.getMembersList())) {
            violations.add("epoch " + group.getEpoch() + " of the timestamps has two memberships");
        }
        if (group.getEpoch() > before.getGroup().getEpoch()) {
            // As if it had given some thousand timestamps since.
            volume.timestamps = before.toBuilder()
                    .setGroup(group)
                    .setGreatest(Math.max(before.getGreatest(), group.getStartAbove()) + 1000L * volume.boots)
                    .build();
        }
        return volume.timestamps;
    }

    synchronized TimestampState sealTimestamps(String address, SealTimestampsRequest request) {
        FakeVolume volume = Objects.requireNonNull(running.get(address)).volume();
        if (!volume.id.equals(request.getVolume())) {
            return TimestampState.newBuilder()
                    .setError(ErrorDetail.newBuilder().setCode("WRONG_MEMBER").setMessage("another volume"))
                    .build();
        }
        volume.timestamps = volume.timestamps.toBuilder()
                .setSealedEpoch(Math.max(volume.timestamps.getSealedEpoch(), request.getEpoch()))
                .build();
        return volume.timestamps;
    }

    /** What a server has of the timestamp service. */
    public synchronized TimestampState timestamps(String server) {
        return find(server).volume().timestamps;
    }

    private ReplicaStatus replica(Uid uid, Uid member) {
        FakeGroup group = groups.computeIfAbsent(uid, key -> new FakeGroup());
        elect(group);
        ReplicaStatus.Builder replica =
                ReplicaStatus.newBuilder().setGroup(uid).setMember(member).setTerm(group.term);
        boolean holds = group.copies.contains(member);
        if (holds) {
            boolean leads = member.equals(group.leader);
            GroupConfiguration.Builder known = group.leftBehind.getOrDefault(member, group.configuration).toBuilder();
            replica.setLastIndex(group.index)
                    .setLastTerm(group.term)
                    .setCommitIndex(group.index)
                    .setAppliedIndex(group.index)
                    .setConfiguration(leads ? known : known.clearRetired())
                    .setConfigurationIndex(group.configurationIndex)
                    .setOpen(group.open);
            group.tellTables(replica);
        }
        if (member.equals(group.leader)) {
            everybody(group)
                    .forEach(other -> replica.addProgress(MemberProgress.newBuilder()
                            .setMember(other)
                            .setNeedsCopy(!group.copies.contains(other))
                            .setMatchIndex(group.copies.contains(other) ? group.index : 0)));
        }
        replica.setRole(
                member.equals(group.leader)
                        ? ReplicaRole.LEADER
                        // One that was removed has not heard of it, and stays what it was.
                        : group.votes(member) || group.retired(member) ? ReplicaRole.FOLLOWER : ReplicaRole.LEARNER);
        replica.setState(
                holds ? ReplicaState.HEALTHY : group.names(member) ? ReplicaState.COPYING : ReplicaState.EMPTY);
        // What this look saw is the past; the copy goes on behind it.
        copy(group);
        return replica.build();
    }

    private static List<Uid> everybody(FakeGroup group) {
        List<Uid> members = new ArrayList<>();
        group.configuration.getVotersList().forEach(member -> members.add(member.getMember()));
        group.configuration.getLearnersList().forEach(member -> members.add(member.getMember()));
        return members;
    }

    synchronized PrepareReplicaReply prepare(String address, PrepareReplicaRequest request) {
        FakeVolume volume = Objects.requireNonNull(running.get(address)).volume();
        FakeGroup group = groups.computeIfAbsent(request.getGroup(), key -> new FakeGroup());
        Uid present = volume.members.get(request.getGroup());
        if (present != null && group.retired(present) && group.copies.contains(present) && group.leader != null) {
            // The others say that it was removed; of one without a log nobody would know.
            remove(volume, group, request.getGroup());
        }
        Uid member = volume.members.computeIfAbsent(request.getGroup(), key -> fresh());
        group.homes.put(member, volume);
        return PrepareReplicaReply.newBuilder()
                .setMember(member)
                .setVolume(volume.id)
                .setHasLog(group.copies.contains(member))
                .build();
    }

    private static void remove(FakeVolume volume, FakeGroup group, Uid uid) {
        Uid member = volume.members.remove(uid);
        group.copies.remove(member);
    }

    synchronized ControlReply bootstrap(BootstrapRequest request) {
        FakeGroup group = Objects.requireNonNull(groups.get(request.getGroup()));
        if (group.started) {
            if (!group.copies.contains(request.getMember())) {
                violations.add("group " + Uids.format(request.getGroup()) + " was started a second time");
            }
            return ControlReply.getDefaultInstance();
        }
        group.started = true;
        group.copies.add(request.getMember());
        group.configuration =
                GroupConfiguration.newBuilder().addVoters(request.getSelf()).build();
        group.index = 1;
        group.configurationIndex = 1;
        group.schemaVersion = request.getSchema().getVersion();
        group.tables = request.getSchema();
        if (request.hasSchema()) {
            note(request.getSchema(), group);
        }
        return ControlReply.getDefaultInstance();
    }

    synchronized ControlReply change(String address, ChangeMembershipRequest request) {
        FakeGroup group = led(address, request.getGroup());
        if (group == null) {
            return error("NOT_LEADER", "another server leads");
        }
        if (request.getExpectedConfigurationIndex() != group.configurationIndex) {
            return error("CONFIGURATION_CHANGED", "the configuration's index is " + group.configurationIndex);
        }
        GroupConfiguration target = request.getTarget();
        boolean bringsBack = Stream.concat(target.getVotersList().stream(), target.getLearnersList().stream())
                .anyMatch(member -> group.retired(member.getMember()));
        if (bringsBack) {
            return error("WRONG_MEMBER", "the membership change was refused: RETIRED");
        }
        for (GroupMember voter : target.getVotersList()) {
            if (!group.votes(voter.getMember()) && !group.copies.contains(voter.getMember())) {
                return error("UNSAFE", voter.getServer() + " has no copy");
            }
        }
        long live = target.getVotersList().stream()
                .filter(voter -> live(group, voter.getMember()))
                .count();
        int tolerance = target.getFaultTolerance();
        if (live
                < Math.max(
                        Quorum.commit(target.getVotersCount(), tolerance),
                        Quorum.election(target.getVotersCount(), tolerance))) {
            return error("UNSAFE", "the target has no quorum");
        }
        group.follow(target);
        if (!group.votes(Objects.requireNonNull(group.leader))) {
            group.leader = null;
        }
        return ControlReply.getDefaultInstance();
    }

    synchronized ControlReply transfer(String address, TransferLeadershipRequest request) {
        FakeGroup group = led(address, request.getGroup());
        if (group == null) {
            return error("NOT_LEADER", "another server leads");
        }
        if (!group.votes(request.getTarget()) || !live(group, request.getTarget())) {
            return error("REFUSED", "the target cannot lead");
        }
        group.leader = request.getTarget();
        group.term++;
        group.index++;
        return ControlReply.getDefaultInstance();
    }

    synchronized ControlReply recover(String address, RecoverRequest request) {
        FakeGroup group = Objects.requireNonNull(groups.get(request.getGroup()));
        elect(group);
        Uid here = Objects.requireNonNull(running.get(address)).volume().members.get(request.getGroup());
        if (here == null || !here.equals(request.getMember())) {
            return error("WRONG_MEMBER", "another member is here");
        }
        if (group.leader != null || request.getExpectedLastIndex() != group.index) {
            return error("CONFLICT", "a leader is known, or the log ends elsewhere");
        }
        GroupMember alone = group.configuration.getVotersList().stream()
                .filter(voter -> voter.getMember().equals(here))
                .findFirst()
                .orElseThrow();
        long silent = group.configuration.getVotersList().stream()
                .filter(voter -> group.copies.contains(voter.getMember()) && !live(group, voter.getMember()))
                .count();
        if (silent > 0) {
            violations.add("group " + Uids.format(request.getGroup()) + " was recovered while a copy was only silent");
        }
        group.follow(GroupConfiguration.newBuilder().addVoters(alone).build());
        group.copies.retainAll(Set.of(here));
        return ControlReply.getDefaultInstance();
    }

    synchronized ControlReply define(String address, DefineSchemaRequest request) {
        FakeGroup group = led(address, request.getGroup());
        if (group == null) {
            return error("NOT_LEADER", "another server leads");
        }
        definitions++;
        note(request.getSchema(), group);
        group.index++;
        if (request.getSchema().getVersion() <= group.schemaVersion) {
            return ControlReply.getDefaultInstance();
        }
        // As the real ones: the rules of the tables are theirs too, and a definition is taken as a whole or not at
        // all.
        String obstacle = tables.obstacle(request.getGroup(), group.tables, request.getSchema());
        if (obstacle != null) {
            return error("INVALID_SCHEMA", obstacle);
        }
        group.take(request.getSchema());
        return ControlReply.getDefaultInstance();
    }

    synchronized ControlReply open(String address, SetOpenRequest request) {
        FakeGroup group = led(address, request.getGroup());
        if (group == null) {
            return error("NOT_LEADER", "another server leads");
        }
        group.index++;
        group.open = request.getOpen();
        return ControlReply.getDefaultInstance();
    }

    synchronized ControlReply drop(String address, DropReplicaRequest request) {
        Running one = Objects.requireNonNull(running.get(address));
        FakeGroup group = groups.get(request.getGroup());
        Uid member = one.volume().members.get(request.getGroup());
        if (member == null || group == null) {
            return ControlReply.getDefaultInstance();
        }
        if (!member.equals(request.getMember())) {
            return error("WRONG_MEMBER", "another member is here");
        }
        if (group.names(member)) {
            violations.add("member " + Uids.format(member) + " was to be dropped while its group names it");
            return error("UNSAFE", "the membership names it");
        }
        remove(one.volume(), group, request.getGroup());
        return ControlReply.getDefaultInstance();
    }

    /** The group, if the server at the address leads it. */
    private @Nullable FakeGroup led(String address, Uid uid) {
        FakeGroup group = Objects.requireNonNull(groups.get(uid));
        elect(group);
        Running one = running.get(address);
        Uid here = one == null ? null : one.volume().members.get(uid);
        return here != null && here.equals(group.leader) ? group : null;
    }

    private static ControlReply error(String code, String message) {
        return ControlReply.newBuilder()
                .setError(ErrorDetail.newBuilder().setCode(code).setMessage(message))
                .build();
    }
}
