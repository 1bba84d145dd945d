package io.shardeddb.router.fake;

import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.QuorumWeights;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.VoterWeight;
import io.shardeddb.router.topology.GroupId;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a fake server stands: server i answers appends in i + 1 milliseconds; the weights are 3, 2, 1 from the leader on.
 */
final class FakeControl extends ControlGrpc.ControlImplBase {

    private final int number;
    private final Map<GroupId, FakeGroup> groups;
    private final List<String> addresses;

    FakeControl(int number, Map<GroupId, FakeGroup> groups, List<String> addresses) {
        this.number = number;
        this.groups = groups;
        this.addresses = addresses;
    }

    private static Uid member(int server) {
        return Uid.newBuilder().setHigh(5).setLow(server).build();
    }

    @Override
    public void status(StatusRequest request, StreamObserver<ServerStatus> answer) {
        ServerStatus.Builder status = ServerStatus.newBuilder()
                .setServer("Server" + number)
                .setMysqlReachable(true)
                .setBootCounter(1L + number)
                .setUptimeMillis(100_000);
        groups.values().forEach(group -> status.addReplicas(replica(group)));
        answer.onNext(status.build());
        answer.onCompleted();
    }

    private ReplicaStatus replica(FakeGroup group) {
        GroupConfiguration.Builder configuration = GroupConfiguration.newBuilder();
        for (int server = 0; server < addresses.size(); server++) {
            configuration.addVoters(GroupMember.newBuilder()
                    .setMember(member(server))
                    .setServer("Server" + server)
                    .setAddress(addresses.get(server)));
        }
        ReplicaStatus.Builder replica = ReplicaStatus.newBuilder()
                .setGroup(group.id.toWire())
                .setMember(member(number))
                .setRole(group.leads(number) ? ReplicaRole.LEADER : ReplicaRole.FOLLOWER)
                .setState(ReplicaState.HEALTHY)
                .setTerm(2)
                .setLeader(group.hint(addresses))
                .setCommitIndex(10)
                .setAppliedIndex(10 - number)
                .setConfiguration(configuration);
        if (group.leads(number)) {
            QuorumWeights.Builder weights =
                    QuorumWeights.newBuilder().setClock(7).setTotal(6).setFaultTolerance(1);
            weights.addVoters(VoterWeight.newBuilder()
                    .setMember(member(number))
                    .setWeight(3)
                    .setAcknowledged(true));
            for (int server = 0; server < addresses.size(); server++) {
                if (server != number) {
                    replica.addProgress(MemberProgress.newBuilder()
                            .setMember(member(server))
                            .setRoundTripMicros(1_000L * (server + 1)));
                    boolean first = weights.getVotersCount() == 1;
                    weights.addVoters(VoterWeight.newBuilder()
                            .setMember(member(server))
                            .setWeight(first ? 2 : 1)
                            .setAcknowledged(first));
                }
            }
            replica.addQuorums(weights);
        }
        return replica.build();
    }

    @Override
    public void transferLeadership(TransferLeadershipRequest request, StreamObserver<ControlReply> answer) {
        Objects.requireNonNull(groups.get(GroupId.ofWire(request.getGroup())))
                .lead((int) request.getTarget().getLow());
        answer.onNext(ControlReply.getDefaultInstance());
        answer.onCompleted();
    }
}
