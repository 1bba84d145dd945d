package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.Main;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.systemtests.clients.LyingRouter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code sdb verify}: all workloads under all faults, on a cluster of its own; and that it notices a router that does
 * not do what it says. {@code -Dverify.seconds=N} makes the first longer, {@code -Dverify.seed=N} repeats its choices.
 */
@ExtendWith(SharedCluster.class)
final class VerifyIT {

    private static final String SECONDS = System.getProperty("verify.seconds", "60");
    private static final String SEED =
            System.getProperty("verify.seed", Long.toString(System.nanoTime() & 0xffff_ffffL));

    @Test
    void findsNoAnomalyUnderFaults(@TempDir Path folder) {
        assertThat(Main.run(
                        "verify", "--home", folder.resolve("verify").toString(), "--seconds", SECONDS, "--seed", SEED))
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void noticesARouterThatLies(RunningCluster running) throws IOException, InterruptedException {
        running.add(Repository.find().example("verify.yaml"));
        String endpoint = running.endpoint("verify");
        assertThat(verify(endpoint)).as("the router itself").isEqualTo(ExitCode.OK);
        for (LyingRouter.Lie lie : LyingRouter.Lie.values()) {
            for (String workload : List.of("bank", "append", "seats", "rows")) {
                // What is there already is not booked again. A value that is written twice may be the same. The bank
                // alone reads ranges.
                boolean unnoticed = switch (lie) {
                    case DOUBLES -> List.of("seats", "rows").contains(workload);
                    case TEARS -> !workload.equals("bank");
                    case LOSES, DENIES -> false;
                };
                if (unnoticed) {
                    continue;
                }
                try (LyingRouter router = new LyingRouter(endpoint, lie)) {
                    assertThat(verify(router.endpoint(), "--workloads", workload))
                            .as("%s, %s", lie, workload)
                            .isEqualTo(ExitCode.NEGATIVE);
                }
            }
        }
        assertThat(running.sdb("remove", "verify")).isEqualTo(ExitCode.OK);
    }

    private static int verify(String endpoint, String... more) {
        String[] first = {"verify", "--endpoint", endpoint, "--seconds", "3"};
        String[] all = new String[first.length + more.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return Main.run(all);
    }
}
