package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TakeCopyReply;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.runtime.Machine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies that take long, and copies that cannot begin: who is not concerned goes on, and who asked hears of it. */
final class WaitingCopiesIT {
    @TempDir
    Path folder;

    private static Uid group(int number) {
        return Cluster.GROUP.toBuilder().setLow(Cluster.GROUP.getLow() + number).build();
    }

    private static ReplicaStatus status(Cluster cluster, Uid group) {
        return cluster.control(0).status(StatusRequest.getDefaultInstance()).getReplicasList().stream()
                .filter(replica -> replica.getGroup().equals(group))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void copiesThatStandStillKeepNoOtherGroupWaiting() throws IOException {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
                Cluster cluster = new Cluster(folder, Retention.STANDARD, List.of(new InMemoryStores()));
                ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            GroupMember source = GroupMember.newBuilder()
                    .setServer("Silent")
                    .setAddress("127.0.0.1:" + silent.getLocalPort())
                    .build();
            for (int i = 0; i <= Machine.COPY_THREADS; i++) {
                cluster.bootstrap(0, group(i));
            }
            // Group 0 is the one that goes on.
            for (int i = 1; i <= Machine.COPY_THREADS; i++) {
                Uid copying = group(i);
                // While something is being applied it is refused, too.
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> {
                            var _ = take(callers, cluster, copying, source);
                            return status(cluster, copying).getState() == ReplicaState.COPYING;
                        });
            }
            for (long key = 0; key < 100; key++) {
                WriteReply reply = cluster.write(0, key);
                assertThat(reply.hasError()).as(reply.getError().getMessage()).isFalse();
            }
            // A leader keeps its log for a copy that it asked for: no copy is accepted that would have to wait.
            assertThat(take(callers, cluster, Cluster.GROUP, source))
                    .succeedsWithin(Duration.ofSeconds(5))
                    .satisfies(reply -> assertThat(reply.getError().getCode()).isEqualTo("OVERLOADED"));
            assertThat(status(cluster, Cluster.GROUP).getState()).isEqualTo(ReplicaState.HEALTHY);
            for (int i = 1; i <= Machine.COPY_THREADS; i++) {
                assertThat(status(cluster, group(i)).getState()).isEqualTo(ReplicaState.COPYING);
            }
        }
    }

    @Test
    void aCopyThatCannotBeginIsAnswered() throws IOException {
        InMemoryStores stores = new InMemoryStores();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
                Cluster cluster = new Cluster(folder, Retention.STANDARD, List.of(stores))) {
            cluster.bootstrap(0, Cluster.GROUP);
            stores.setSettlingFails(true);
            GroupMember source = GroupMember.newBuilder()
                    .setServer("Nobody")
                    .setAddress("127.0.0.1:1")
                    .build();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> take(callers, cluster, Cluster.GROUP, source)
                            .get()
                            .getError()
                            .getCode()
                            .equals("STORE_UNAVAILABLE"));
            stores.setSettlingFails(false);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> status(cluster, Cluster.GROUP).getState() == ReplicaState.HEALTHY);
            assertThat(cluster.write(0, 1).hasError()).isFalse();
        }
    }

    private static CompletableFuture<TakeCopyReply> take(
            ExecutorService callers, Cluster cluster, Uid group, GroupMember source) {
        TakeCopyRequest request = TakeCopyRequest.newBuilder()
                .setGroup(group)
                .setMember(status(cluster, group).getMember())
                .addSources(source)
                .build();
        return CompletableFuture.supplyAsync(() -> cluster.takeCopy(0, request), callers);
    }
}
