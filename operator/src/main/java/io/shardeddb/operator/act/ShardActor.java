package io.shardeddb.operator.act;

import io.grpc.StatusRuntimeException;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.plan.ShardStep;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.BootstrapRequest;
import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.DefineSchemaRequest;
import io.shardeddb.protocol.wire.DropReplicaRequest;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.PrepareReplicaReply;
import io.shardeddb.protocol.wire.PrepareReplicaRequest;
import io.shardeddb.protocol.wire.RankCandidatesRequest;
import io.shardeddb.protocol.wire.RecoverRequest;
import io.shardeddb.protocol.wire.SetOpenRequest;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.protocol.wire.Uid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Performs the steps of a shard's plan. Every step carries what it was decided on, so a stale one is refused, not done.
 */
public final class ShardActor {

    private static final Duration QUICK = Duration.ofSeconds(5);
    private static final Duration THROUGH_LOG = Duration.ofSeconds(20);

    private final ObjectWriter writer;
    private final ControlLinks links;
    private final ServerPoll poll;

    public ShardActor(ObjectWriter writer, ControlLinks links, ServerPoll poll) {
        this.writer = writer;
        this.links = links;
        this.poll = poll;
    }

    /**
     * Something that was done.
     *
     * @param reason its constant
     * @param what one sentence
     */
    public record Done(Reason reason, String what) {}

    /** Told of each step that was tried, before the next one begins. */
    public interface Listener {

        /** It was done. */
        void done(Done done);

        /**
         * It was tried, and is not to be tried again because of a failure.
         *
         * @param failure why it was refused, or that its outcome is unknown; absent: it was done
         */
        void tried(ShardStep step, @Nullable StepFailed failure);
    }

    /**
     * Performs steps in order, up to the first that waits. One that fails stops none behind it: each is guarded by
     * itself. The members that were made are recorded in the end.
     *
     * @param addresses per server name, host:port
     * @return whether anything was done or tried
     */
    public boolean perform(Shard shard, List<ShardStep> steps, Map<String, String> addresses, Listener listener) {
        boolean acted = false;
        Map<ShardStep, ShardReplicaSpec> prepared = new LinkedHashMap<>();
        for (ShardStep step : steps) {
            if (step instanceof ShardStep.Await) {
                break;
            }
            if (step instanceof ShardStep.Withhold) {
                continue;
            }
            acted = true;
            try {
                if (step instanceof ShardStep.PrepareMember prepare) {
                    prepared.put(step, prepare(shard, prepare));
                    continue;
                }
                Done done = perform(shard, step, addresses);
                if (done != null) {
                    listener.done(done);
                }
                listener.tried(step, null);
            } catch (StepFailed e) {
                listener.tried(step, e);
            }
        }
        if (!prepared.isEmpty()) {
            recordPrepared(shard, prepared, listener);
        }
        return acted;
    }

    private void recordPrepared(Shard shard, Map<ShardStep, ShardReplicaSpec> prepared, Listener listener) {
        List<ShardReplicaSpec> members = new ArrayList<>(shard.getSpec().replicas());
        // A server that hands out an id that is recorded is not another member.
        members.removeIf(member ->
                prepared.values().stream().anyMatch(one -> Objects.equals(one.memberId(), member.memberId())));
        members.addAll(prepared.values());
        StepFailed failure = null;
        try {
            record(shard, shard.getSpec().bootstrapMember(), members);
            listener.done(new Done(
                    Reason.MemberMade,
                    "made members on "
                            + prepared.values().stream()
                                    .map(ShardReplicaSpec::server)
                                    .toList()));
        } catch (StepFailed e) {
            failure = e;
        }
        for (ShardStep step : prepared.keySet()) {
            listener.tried(step, failure);
        }
    }

    /**
     * Performs one step.
     *
     * @param addresses per server name, host:port
     * @return what was done; absent when that is no news
     * @throws StepFailed when it was refused or its outcome is unknown
     * @throws TablesRefused when the shard does not take its tables
     */
    public @Nullable Done perform(Shard shard, ShardStep step, Map<String, String> addresses) throws StepFailed {
        return switch (step) {
            case ShardStep.RecordMembers members -> {
                // Bookkeeping of what the servers did: no decision of its own.
                record(shard, members.bootstrapMember(), members.replicas());
                yield null;
            }
            case ShardStep.Bootstrap bootstrap -> new Done(Reason.ShardBootstrapped, bootstrap(shard, bootstrap));
            case ShardStep.ChangeMembership change ->
                new Done(Reason.MembershipChanged, change(shard, change, addresses));
            case ShardStep.MoveLeader move -> new Done(Reason.LeaderMoved, moveLeader(shard, move, addresses));
            case ShardStep.Recover recover -> new Done(Reason.QuorumRecovered, recover(shard, recover, addresses));
            case ShardStep.DefineSchema define -> new Done(Reason.SchemaApplied, define(shard, define, addresses));
            case ShardStep.Open open -> new Done(Reason.ShardOpened, open(shard, open, addresses));
            case ShardStep.DropReplica drop -> new Done(Reason.ReplicaDropped, drop(shard, drop, addresses));
            case ShardStep.PrepareMember _, ShardStep.Await _, ShardStep.Withhold _ -> null;
        };
    }

    /**
     * Makes the leader of a shard commit an entry now, which proves that it leads and that the membership it reports
     * afterwards is not an old one.
     */
    public void confirm(Shard shard, String leader, String address, boolean open) throws StepFailed {
        SetOpenRequest request = SetOpenRequest.newBuilder()
                .setGroup(group(shard))
                .setOpen(open)
                .setTimeoutMillis((int) QUICK.toMillis())
                .build();
        call(leader, address, THROUGH_LOG, control -> control.setOpen(request));
    }

    /** Tells a server which of its replicas have followers that would clearly lead better. */
    public void rank(String server, String address, RankCandidatesRequest request) throws StepFailed {
        call(server, address, QUICK, control -> control.rankCandidates(request));
    }

    private ShardReplicaSpec prepare(Shard shard, ShardStep.PrepareMember step) throws StepFailed {
        PrepareReplicaRequest request = PrepareReplicaRequest.newBuilder()
                .setGroup(group(shard))
                .setDatabase(shard.getSpec().database())
                .setShard(shard.getSpec().name())
                .build();
        PrepareReplicaReply reply = ask(step.address(), QUICK, control -> control.prepareReplica(request));
        refuse(step.server(), reply.hasError() ? reply.getError() : null);
        return new ShardReplicaSpec(
                step.server(),
                step.address(),
                Uids.format(reply.getMember()),
                Uids.format(reply.getVolume()),
                MemberRole.Learner);
    }

    /** Compare-and-set on the version of the shard that the plan was made from. */
    private void record(Shard shard, @Nullable String bootstrapMember, List<ShardReplicaSpec> members)
            throws StepFailed {
        Shard changed = new Shard();
        changed.setMetadata(shard.getMetadata());
        changed.setStatus(shard.getStatus());
        changed.setSpec(shard.getSpec().withMembers(bootstrapMember, members));
        Shard stored = writer.replace(changed);
        // The steps behind this one compare with what was just written.
        shard.setMetadata(stored.getMetadata());
        shard.setSpec(stored.getSpec());
    }

    private String bootstrap(Shard shard, ShardStep.Bootstrap step) throws StepFailed {
        ShardReplicaSpec member = step.member();
        Uid id = Uids.parse(Objects.requireNonNull(member.memberId()));
        PositionInterval.Builder interval =
                PositionInterval.newBuilder().setFrom(shard.getSpec().interval().from());
        Long to = shard.getSpec().interval().to();
        if (to != null) {
            interval.setTo(to);
        }
        BootstrapRequest.Builder request = BootstrapRequest.newBuilder()
                .setGroup(group(shard))
                .setMember(id)
                .setSelf(GroupMember.newBuilder()
                        .setMember(id)
                        .setAddress(member.address())
                        .setServer(member.server()))
                .setInterval(interval)
                .setEpoch(shard.getSpec().epoch());
        if (step.schema() != null) {
            request.setSchema(step.schema());
        }
        call(member.server(), member.address(), THROUGH_LOG, control -> control.bootstrap(request.build()));
        return "started the shard on " + member.server();
    }

    private String change(Shard shard, ShardStep.ChangeMembership step, Map<String, String> addresses)
            throws StepFailed {
        ChangeMembershipRequest request = ChangeMembershipRequest.newBuilder()
                .setGroup(group(shard))
                .setExpectedConfigurationIndex(step.expectedIndex())
                .setTarget(step.target())
                .setTimeoutMillis((int) (THROUGH_LOG.toMillis() / 2))
                .build();
        call(step.leader(), addresses.get(step.leader()), THROUGH_LOG, control -> control.changeMembership(request));
        return "changed the membership: " + step.why();
    }

    private String moveLeader(Shard shard, ShardStep.MoveLeader step, Map<String, String> addresses) throws StepFailed {
        TransferLeadershipRequest request = TransferLeadershipRequest.newBuilder()
                .setGroup(group(shard))
                .setTarget(step.target())
                .setTimeoutMillis((int) QUICK.toMillis())
                .build();
        call(step.leader(), addresses.get(step.leader()), THROUGH_LOG, control -> control.transferLeadership(request));
        return "moved the leadership: " + step.why();
    }

    private String recover(Shard shard, ShardStep.Recover step, Map<String, String> addresses) throws StepFailed {
        String server = step.request().server();
        RecoverRequest request = RecoverRequest.newBuilder()
                .setGroup(group(shard))
                .setMember(step.member())
                .setExpectedLastTerm(step.request().lastTerm())
                .setExpectedLastIndex(step.request().lastIndex())
                .build();
        call(server, addresses.get(server), THROUGH_LOG, control -> control.recover(request));
        return "recovered from a lost quorum, as was asked for: the shard goes on from " + server
                + ", whose log ended at term "
                + step.request().lastTerm() + ", index " + step.request().lastIndex() + "; what only "
                + String.join(", ", step.lost()) + " had is lost";
    }

    private String define(Shard shard, ShardStep.DefineSchema step, Map<String, String> addresses) throws StepFailed {
        DefineSchemaRequest request = DefineSchemaRequest.newBuilder()
                .setGroup(group(shard))
                .setSchema(step.schema())
                .setTimeoutMillis((int) (THROUGH_LOG.toMillis() / 2))
                .build();
        ControlReply reply = ask(
                known(step.leader(), addresses.get(step.leader())),
                THROUGH_LOG,
                control -> control.defineSchema(request));
        if (reply.hasError() && reply.getError().getCode().equals(ErrorCode.INVALID_SCHEMA.name())) {
            throw new TablesRefused(reply.getError());
        }
        refuse(step.leader(), reply.hasError() ? reply.getError() : null);
        return "brought schema version " + step.schema().getVersion();
    }

    private String open(Shard shard, ShardStep.Open step, Map<String, String> addresses) throws StepFailed {
        SetOpenRequest request = SetOpenRequest.newBuilder()
                .setGroup(group(shard))
                .setOpen(true)
                .setTimeoutMillis((int) (THROUGH_LOG.toMillis() / 2))
                .build();
        call(step.leader(), addresses.get(step.leader()), THROUGH_LOG, control -> control.setOpen(request));
        return "opened the shard for writes";
    }

    private String drop(Shard shard, ShardStep.DropReplica step, Map<String, String> addresses) throws StepFailed {
        DropReplicaRequest request = DropReplicaRequest.newBuilder()
                .setGroup(group(shard))
                .setMember(step.member())
                // One that was away for long knows nobody of those that removed it.
                .addAllWitnesses(addresses.entrySet().stream()
                        .filter(server -> !server.getKey().equals(step.server()))
                        .filter(server -> holds(shard, server.getKey()))
                        .map(Map.Entry::getValue)
                        .toList())
                .build();
        call(step.server(), step.address(), THROUGH_LOG, control -> control.dropReplica(request));
        return "dropped the replica on " + step.server();
    }

    private static boolean holds(Shard shard, String server) {
        return shard.getSpec().replicas().stream()
                .anyMatch(replica -> replica.server().equals(server));
    }

    private void call(
            String server,
            @Nullable String address,
            Duration deadline,
            Function<ControlGrpc.ControlBlockingStub, ControlReply> call)
            throws StepFailed {
        ControlReply reply = ask(known(server, address), deadline, call);
        refuse(server, reply.hasError() ? reply.getError() : null);
    }

    private static String known(String server, @Nullable String address) throws StepFailed {
        if (address == null) {
            throw new StepFailed("server " + server + " has no address any more");
        }
        return address;
    }

    private <R> R ask(String address, Duration deadline, Function<ControlGrpc.ControlBlockingStub, R> call)
            throws StepFailed {
        try {
            return links.call(address, deadline, call);
        } catch (StatusRuntimeException e) {
            throw StepFailed.of(address, e);
        } finally {
            poll.expire(address);
        }
    }

    private static void refuse(String server, @Nullable ErrorDetail error) throws StepFailed {
        if (error != null) {
            throw new StepFailed(server + ": " + error.getCode() + ": " + error.getMessage());
        }
    }

    private static Uid group(Shard shard) {
        return Uids.ofResource(shard.groupUid());
    }
}
