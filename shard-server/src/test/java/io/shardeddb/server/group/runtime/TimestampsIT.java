package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.shardeddb.protocol.wire.NextTimestampReply;
import io.shardeddb.protocol.wire.NextTimestampRequest;
import io.shardeddb.protocol.wire.SealTimestampsRequest;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TimestampGroup;
import io.shardeddb.protocol.wire.TimestampMember;
import io.shardeddb.protocol.wire.TimestampState;
import io.shardeddb.protocol.wire.TimestampsGrpc;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The timestamp service on whole servers over gRPC. */
final class TimestampsIT {
    private final List<InMemoryStores> stores =
            Stream.generate(InMemoryStores::new).limit(3).toList();
    private final Cluster cluster;
    private long last;

    TimestampsIT(@TempDir Path folder) throws IOException {
        cluster = new Cluster(folder, Retention.STANDARD, stores);
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    private TimestampGroup group(long epoch, long startAbove) {
        TimestampGroup.Builder group =
                TimestampGroup.newBuilder().setEpoch(epoch).setStartAbove(startAbove);
        for (int i = 0; i < 3; i++) {
            group.addMembers(TimestampMember.newBuilder()
                    .setVolume(cluster.server(i).identity().volume())
                    .setServer("Server" + i)
                    .setAddress(cluster.node(i).endpoint()));
        }
        return group.build();
    }

    private void write(long key) {
        int leader = cluster.awaitLeaderOtherThan(-1);
        WriteReply reply = cluster.write(leader, key);
        assertThat(reply.hasError()).as(reply.getError().getMessage()).isFalse();
        increases(reply.getTimestamp());
    }

    private void increases(long timestamp) {
        assertThat(timestamp).isGreaterThan(last);
        last = timestamp;
    }

    private NextTimestampReply next(int server) {
        return next(server, 0);
    }

    private NextTimestampReply next(int server, int count) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(cluster.node(server).address, cluster.node(server).port)
                .usePlaintext()
                .build();
        try {
            return TimestampsGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .next(NextTimestampRequest.newBuilder()
                            .setTimeoutMillis(500)
                            .setCount(count)
                            .build());
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void ordersWritesAndRequestsOverModesFailuresAndEpochs() throws IOException {
        cluster.threeVoters();
        write(0);
        assertThat(next(0).getOfService()).isFalse();
        TimestampGroup first = group(1, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(cluster.control(i).configureTimestamps(first).getGroup()).isEqualTo(first);
        }
        for (int key = 1; key < 30; key++) {
            write(key);
            increases(next(key % 3).getTimestamp());
            NextTimestampReply many = next((key + 1) % 3, key);
            increases(many.getTimestamp());
            assertThat(many.getStep()).isPositive();
            // The last of them: what comes next exceeds it.
            last += (key - 1) * many.getStep();
        }
        // One server of three may be away.
        int old = cluster.leader();
        cluster.stop(old);
        cluster.awaitLeaderOtherThan(old);
        for (int key = 30; key < 50; key++) {
            write(key);
            increases(next((old + 1) % 3).getTimestamp());
        }
        cluster.start(old);
        write(50);
        increases(next(old).getTimestamp());
        // Two sealed servers end the epoch: nobody gets a timestamp, and nothing is written, until the next one.
        long greatest = 0;
        for (int i = 0; i < 2; i++) {
            TimestampState sealed = cluster.control(i)
                    .sealTimestamps(SealTimestampsRequest.newBuilder()
                            .setVolume(cluster.server(i).identity().volume())
                            .setEpoch(1)
                            .build());
            assertThat(sealed.getSealedEpoch()).isEqualTo(1);
            greatest = Math.max(greatest, sealed.getGreatest());
        }
        assertThat(greatest).isGreaterThanOrEqualTo(last);
        assertThat(next(2).getError().getCode()).isEqualTo("OVERLOADED");
        TimestampGroup second = group(2, greatest);
        // One server is told, the others hear of it from that one's refusals or later.
        for (int i = 0; i < 3; i++) {
            cluster.control(i).configureTimestamps(second);
        }
        write(51);
        increases(next(1).getTimestamp());
        assertThat(last).isGreaterThan(greatest);
    }

    @Test
    void goesOnAboveWhatWasGivenWhenAllServersStop() throws IOException {
        cluster.threeVoters();
        TimestampGroup group = group(1, 0);
        for (int i = 0; i < 3; i++) {
            cluster.control(i).configureTimestamps(group);
        }
        for (int key = 0; key < 10; key++) {
            write(key);
        }
        for (int i = 0; i < 3; i++) {
            cluster.stop(i);
        }
        for (int i = 0; i < 3; i++) {
            cluster.start(i);
        }
        assertThat(cluster.control(0)
                        .status(StatusRequest.getDefaultInstance())
                        .getTimestamps()
                        .getGroup())
                .isEqualTo(group);
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !next(0).hasError());
        increases(next(0).getTimestamp());
        write(10);
    }

    @Test
    void refusesTooManyTimestampsAtOnce() {
        assertThat(cluster.control(0)
                        .configureTimestamps(group(1, 0))
                        .getGroup()
                        .getEpoch())
                .isEqualTo(1);
        for (int count : new int[] {(1 << 16) + 1, -1}) {
            assertThatThrownBy(() -> next(0, count)).hasMessageContaining("count is 1 to 65536");
        }
    }

    @Test
    void refusesASealForAnotherVolume() {
        assertThat(cluster.control(0)
                        .sealTimestamps(SealTimestampsRequest.newBuilder()
                                .setVolume(cluster.server(1).identity().volume())
                                .setEpoch(1)
                                .build())
                        .getError()
                        .getCode())
                .isEqualTo("WRONG_MEMBER");
    }
}
