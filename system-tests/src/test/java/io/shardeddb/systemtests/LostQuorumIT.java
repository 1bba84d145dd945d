package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two of three servers lose their disks at once: nothing is done about it until {@code sdb recover} says so, and then
 * the shards go on from the third one, with every row that it had, and grow back to three copies.
 */
@ExtendWith(SharedCluster.class)
final class LostQuorumIT {

    private static final String DATABASE = LoadedDatabase.STUDENTS;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ROWS_PER_SHARD = 25;
    private static final List<String> WIPED = List.of("server-0", "server-1");

    @Test
    void goesOnFromTheSurvivorWhenAPersonSaysSo(RunningCluster running) throws IOException, InterruptedException {
        running.awaitHealthy(DATABASE, 3);
        try (RouterClient router = new RouterClient(running.endpoint(DATABASE))) {
            Rows rows = new Rows(router, Student.TABLE, RequestIds.fresh(), PATIENCE);
            Map<Long, Student> written = new HashMap<>();
            for (Shard shard : running.shards(DATABASE)) {
                for (long i = 0; i < ROWS_PER_SHARD; i++) {
                    long key = shard.getSpec().interval().from() + i;
                    written.put(key, new Student(key, "kept", 1));
                }
            }
            Rows.check(rows.write(written.values().stream().map(Student::json).toList(), Rows.WriteMode.UPSERT));
            Map<Long, Student> all = found(rows);
            assertThat(all).containsAllEntriesOf(written);
            String shard = running.shards(DATABASE).getFirst().getSpec().name();
            assertThat(running.sdb("recover", shard, "--yes"))
                    .as("with a leader there is nothing to recover from")
                    .isEqualTo(ExitCode.DATA);

            wipe(running, WIPED);

            RunningCluster.await("every shard has lost its quorum", PATIENCE, () -> notLost(running));
            for (Shard lost : running.shards(DATABASE)) {
                assertThat(running.sdb("recover", lost.getSpec().name(), "--yes"))
                        .as("sdb recover %s", lost.getSpec().name())
                        .isEqualTo(ExitCode.OK);
            }
            running.awaitHealthy(DATABASE, 3);
            assertThat(found(rows)).isEqualTo(all);
            long key = running.shards(DATABASE).getFirst().getSpec().interval().from() + ROWS_PER_SHARD;
            Student after = new Student(key, "after", 2);
            Rows.check(rows.write(List.of(after.json()), Rows.WriteMode.UPSERT));
            assertThat(found(rows)).containsEntry(key, after);
        }
    }

    private static Map<Long, Student> found(Rows rows) throws InterruptedException {
        Map<Long, Student> found = new HashMap<>();
        rows.range(null, null, Long.MAX_VALUE, row -> found.put(Student.of(row).id(), Student.of(row)));
        return found;
    }

    /**
     * At once: all are halted before the first is wiped, or the group would replace one while it still has a quorum.
     */
    private static void wipe(RunningCluster running, List<String> servers) throws IOException, InterruptedException {
        List<Pod> pods = servers.stream()
                .map(server -> running.serverPod(DATABASE, server))
                .toList();
        List<Long> processes = pods.stream()
                .map(pod -> running.faults().process(pod, Faults.SERVER))
                .toList();
        for (long process : processes) {
            RunningCluster.signal("STOP", process);
        }
        try {
            pods.forEach(running.faults()::wipe);
        } finally {
            for (long process : processes) {
                RunningCluster.signal("CONT", process);
            }
        }
    }

    /**
     * Shards that are not without a leader, told so, with the survivor's log in their status. A wiped server still
     * answers, and still votes, until it notices: its copies are gone only when they are told as lost.
     */
    private static List<String> notLost(RunningCluster running) {
        List<String> others = new ArrayList<>();
        for (Shard shard : running.shards(DATABASE)) {
            boolean lost = shard.getStatus() != null
                    && shard.getStatus().leader() == null
                    && shard.getStatus().phase() == ShardPhase.Unavailable
                    && shard.getStatus().replicas().stream().anyMatch(replica -> replica.logEnd() != null)
                    && WIPED.stream()
                            .allMatch(server -> shard.getStatus().replicas().stream()
                                    .anyMatch(replica -> replica.server().equals(server)
                                            && replica.state().equals("Lost")));
            if (!lost) {
                others.add(shard.getSpec().name() + ": " + shard.getStatus());
            }
        }
        return others;
    }
}
