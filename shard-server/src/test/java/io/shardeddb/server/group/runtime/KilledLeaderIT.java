package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.sql.DatabaseAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers in processes of their own, whose leader is killed as by kill -9, again and again. */
final class KilledLeaderIT {
    private static final int KILLS = 3;

    private final List<MariaDbServer> databases = new ArrayList<>();
    private final Cluster cluster;
    private long key;

    KilledLeaderIT(@TempDir Path folder) throws IOException {
        List<DatabaseAddress> addresses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            MariaDbServer database = MariaDbServer.start(Files.createDirectory(folder.resolve("d" + i)));
            databases.add(database);
            addresses.add(new DatabaseAddress(database.host(), database.port(), database.user(), ""));
        }
        cluster = Cluster.ofProcesses(folder, addresses);
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
        for (MariaDbServer database : databases) {
            database.close();
        }
    }

    private boolean answers(int i) {
        try {
            return cluster.control(i).status(StatusRequest.getDefaultInstance()).getMysqlReachable();
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    private boolean writes(int i) {
        try {
            boolean written = !cluster.write(i, key).hasError();
            key += written ? 1 : 0;
            return written;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    @Test
    void anotherLeadsWithinThreeSecondsAndNothingAcknowledgedIsLost() throws IOException {
        for (int i = 0; i < 3; i++) {
            int server = i;
            Awaitility.await("server " + i).atMost(Duration.ofSeconds(60)).until(() -> answers(server));
        }
        List<GroupMember> members = cluster.threeVoters();
        List<Long> millis = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            int old = cluster.awaitLeaderOtherThan(-1);
            for (int i = 0; i < 20; i++) {
                assertThat(writes(old)).isTrue();
            }
            long before = System.nanoTime();
            cluster.kill(old);
            Awaitility.await("the next acknowledged write")
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(3))
                    .until(() -> writes((old + 1) % 3) || writes((old + 2) % 3));
            millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before));
            cluster.start(old);
            Awaitility.await("server " + old + " is back")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> answers(old) && cluster.status(old).getAppliedIndex() > 0);
        }
        System.out.println("next acknowledged write after a kill, in ms: " + millis);
        cluster.requireEqualRows(cluster.leader(), 8000, members.size(), key);
    }
}
