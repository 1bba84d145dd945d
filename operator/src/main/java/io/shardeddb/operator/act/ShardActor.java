package io.shardeddb.operator.act;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.grpc.StatusRuntimeException;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.plan.ShardStep;
import io.shardeddb.operator.plan.Uids;
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
import io.shardeddb.protocol.wire.SetOpenRequest;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.protocol.wire.Uid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Performs the steps of a shard's plan. Every step carries what it was decided on, so a stale one is refused, not done. */
public final class ShardActor {

    private static final Duration QUICK = Duration.ofSeconds(5);
    private static final Duration THROUGH_LOG = Duration.ofSeconds(20);

    private final KubernetesClient client;
    private final ControlLinks links;
    private final ServerPoll poll;

    public ShardActor(KubernetesClient client, ControlLinks links, ServerPoll poll) {
        this.client = client;
        this.links = links;
        this.poll = poll;
    }

    /**
     * Performs steps in order.
     *
     * @param addresses per server name, host:port
     * @return what was done, one sentence each
     */
    public List<String> perform(Shard shard, List<ShardStep> steps, Map<String, String> addresses) throws StepFailed {
        List<String> done = new ArrayList<>();
        List<ShardReplicaSpec> prepared = new ArrayList<>();
        for (ShardStep step : steps) {
            switch (step) {
                case ShardStep.PrepareMember prepare -> prepared.add(prepare(shard, prepare));
                case ShardStep.RecordMembers record -> {
                    record(shard, record.bootstrapMember(), record.replicas());
                    done.add("recorded " + record.replicas().size() + " members");
                }
                case ShardStep.Bootstrap bootstrap -> done.add(bootstrap(shard, bootstrap));
                case ShardStep.ChangeMembership change -> done.add(change(shard, change, addresses));
                case ShardStep.MoveLeader move -> done.add(moveLeader(shard, move, addresses));
                case ShardStep.DefineSchema define -> done.add(define(shard, define, addresses));
                case ShardStep.Open open -> done.add(open(shard, open, addresses));
                case ShardStep.DropReplica drop -> done.add(drop(shard, drop));
                case ShardStep.Await await -> {
                    return done;
                }
                case ShardStep.Withhold withhold -> {
                    // Reported, not done; the steps behind it do not depend on it.
                }
            }
        }
        if (!prepared.isEmpty()) {
            List<ShardReplicaSpec> members = new ArrayList<>(shard.getSpec().replicas());
            members.addAll(prepared);
            record(shard, shard.getSpec().bootstrapMember(), members);
            done.add("made members on "
                    + prepared.stream().map(ShardReplicaSpec::server).toList());
        }
        return done;
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
        ShardSpec old = shard.getSpec();
        Shard changed = new Shard();
        changed.setMetadata(shard.getMetadata());
        changed.setStatus(shard.getStatus());
        changed.setSpec(new ShardSpec(
                old.database(),
                old.name(),
                old.interval(),
                old.epoch(),
                old.servers(),
                old.faultTolerance(),
                bootstrapMember,
                members));
        try {
            client.resource(changed).update();
        } catch (KubernetesClientException e) {
            throw new StepFailed("recording the members of " + old.name() + ": " + e.getMessage(), e);
        }
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

    private String define(Shard shard, ShardStep.DefineSchema step, Map<String, String> addresses) throws StepFailed {
        DefineSchemaRequest request = DefineSchemaRequest.newBuilder()
                .setGroup(group(shard))
                .setSchema(step.schema())
                .setTimeoutMillis((int) (THROUGH_LOG.toMillis() / 2))
                .build();
        call(step.leader(), addresses.get(step.leader()), THROUGH_LOG, control -> control.defineSchema(request));
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

    private String drop(Shard shard, ShardStep.DropReplica step) throws StepFailed {
        DropReplicaRequest request = DropReplicaRequest.newBuilder()
                .setGroup(group(shard))
                .setMember(step.member())
                .build();
        call(step.server(), step.address(), THROUGH_LOG, control -> control.dropReplica(request));
        return "dropped the replica on " + step.server();
    }

    private void call(
            String server,
            @Nullable String address,
            Duration deadline,
            Function<ControlGrpc.ControlBlockingStub, ControlReply> call)
            throws StepFailed {
        if (address == null) {
            throw new StepFailed("server " + server + " has no address any more");
        }
        ControlReply reply = ask(address, deadline, call);
        refuse(server, reply.hasError() ? reply.getError() : null);
    }

    private <R> R ask(String address, Duration deadline, Function<ControlGrpc.ControlBlockingStub, R> call)
            throws StepFailed {
        try {
            return links.call(address, deadline, call);
        } catch (StatusRuntimeException e) {
            throw new StepFailed(address + ": " + e.getStatus(), e);
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
        return Uids.ofResource(shard.getMetadata().getUid());
    }
}
