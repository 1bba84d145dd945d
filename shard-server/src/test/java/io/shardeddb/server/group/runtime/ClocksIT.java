package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers whose clocks are wrong or are set, and a sender that keeps to what it is told of the time. */
final class ClocksIT {
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private final List<InMemoryStores> stores =
            Stream.generate(InMemoryStores::new).limit(3).toList();
    private final Cluster cluster;

    ClocksIT(@TempDir Path folder) throws IOException {
        cluster = new Cluster(folder, Retention.STANDARD, stores);
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    private void setAll(long aheadMillis) {
        for (int i = 0; i < 3; i++) {
            cluster.node(i).aheadMillis = aheadMillis;
        }
    }

    private WriteReply send(long key, IdOrigin origin, long issuedMillis) {
        int leader = cluster.leader();
        WriteRequest.Builder request = cluster.request(key).toBuilder().setIdOrigin(origin);
        request.getRequestBuilder().setIssuedAtMillis(issuedMillis);
        return leader < 0
                ? WriteReply.newBuilder().build()
                : cluster.data(leader).write(request.build());
    }

    /** As a router: under another id, by the shard's time, when the leader says that the id's does not fit. */
    private WriteReply writeLikeARouter(long key, long issuedMillis) {
        WriteReply first = send(key, IdOrigin.ID_OF_SENDER, issuedMillis);
        String told = first.getError().getDetailsOrDefault("millis", "");
        return first.getError().getCode().equals("REQUEST_TIME")
                ? send(key, IdOrigin.ID_OF_SENDER, Long.parseLong(told))
                : first;
    }

    private void awaitWritten(long key) {
        Awaitility.await("a write of key " + key).atMost(Duration.ofSeconds(3)).until(() -> {
            WriteReply reply = writeLikeARouter(key, System.currentTimeMillis());
            return reply.getAffectedCount() == 1 || reply.getError().getCode().equals("DUPLICATE_KEY");
        });
    }

    @Test
    void allClocksMayStepAnHourForwardAndBack() {
        cluster.threeVoters();
        awaitWritten(1);
        setAll(HOUR);
        awaitWritten(2);
        setAll(0);
        awaitWritten(3);
        WriteReply last = writeLikeARouter(4, System.currentTimeMillis());
        assertThat(last.getTimestamp() >>> 16)
                .as("the log's time never goes back")
                .isGreaterThan(System.currentTimeMillis() + HOUR / 2);
        Awaitility.await("and is told with each answer, 5 s old at most")
                .atMost(Duration.ofSeconds(8))
                .until(() -> writeLikeARouter(4, System.currentTimeMillis())
                                .getLeader()
                                .getLogMillis()
                        > System.currentTimeMillis() + HOUR / 2);
    }

    @Test
    void aLeaderFarBehindTellsItsTimeAndHandsOver() {
        cluster.node(0).aheadMillis = -40_000;
        cluster.node(1).aheadMillis = -40_000;
        cluster.node(2).aheadMillis = -40_000;
        cluster.threeVoters();
        int old = cluster.leader();
        WriteReply ahead = send(1, IdOrigin.ID_OF_CLIENT, System.currentTimeMillis());
        assertThat(ahead.getError().getCode()).isEqualTo("REQUEST_TIME");
        assertThat(Long.parseLong(ahead.getError().getDetailsOrThrow("millis")))
                .isLessThan(System.currentTimeMillis() - 30_000);
        awaitWritten(1);
        for (int i = 0; i < 3; i++) {
            cluster.node(i).aheadMillis = i == old ? -40_000 : 0;
        }
        int next = cluster.awaitLeaderOtherThan(old);
        assertThat(next).isNotEqualTo(old);
        Awaitility.await("a client's id by a right clock fits")
                .atMost(Duration.ofSeconds(3))
                .until(() -> {
                    WriteReply reply = send(2, IdOrigin.ID_OF_CLIENT, System.currentTimeMillis());
                    return reply.getAffectedCount() == 1;
                });
    }
}
