package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.demo.Faults;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.crds.Shard;
import io.shardeddb.systemtests.clients.ClientThreads;
import io.shardeddb.systemtests.clients.Transfers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transfers between accounts of three shards, while routers, shard servers and databases are killed: no money comes or
 * goes, each transfer is done once as a whole or not at all, and nothing stays locked. {@code -Dtransfers.kills=N}
 * makes it longer, {@code -Dtransfers.seed=N} repeats the choices of a run.
 */
@ExtendWith(SharedCluster.class)
final class TransfersIT {

    private static final String BANK = "bank";
    private static final int COPIES = 3;
    private static final int KILLS = Integer.getInteger("transfers.kills", 4);
    private static final long SEED = Long.getLong("transfers.seed", System.nanoTime() & 0xffff_ffffL);
    private static final Duration LONGEST_CHECKSUMS = Duration.ofSeconds(60);

    private static final String SPEC = """
        apiVersion: shardeddb.io/v1alpha1
        kind: ShardedDatabase
        metadata: {name: bank}
        spec:
          sharding: {strategy: Hash}
          shardCount: 3
          tables:
            - name: accounts
              columns: [{name: id, type: BIGINT}, {name: balance, type: BIGINT}]
              primaryKey: [id]
          replication: {replicas: 3}
          servers:
            count: 3
            storage: {size: 1Gi}
            mysql: {config: {innodb-buffer-pool-size: 64M}}
          router: {replicas: 2}
          deletionPolicy: Delete
        """;

    @Test
    void noMoneyComesOrGoes(RunningCluster running, @TempDir Path folder) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("bank.yaml"), SPEC);
        running.add(file);
        Transfers transfers = new Transfers(running.endpoint(BANK), SEED);
        transfers.open();
        Random random = new Random(SEED);
        try (ClientThreads threads = new ClientThreads()) {
            threads.start("transfers", 6, 0, number -> transfers.client(number, threads));
            for (int i = 0; i < KILLS; i++) {
                Thread.sleep(1_000 + random.nextInt(2_000));
                kill(running, i % 2 == 0 ? 0 : 1 + random.nextInt(2), random);
            }
            Thread.sleep(2_000);
            threads.stop();
            assertThat(threads.failures()).as("transfers.seed=%d", SEED).isEmpty();
        }
        running.awaitHealthy(BANK, COPIES);
        assertThat(transfers.done()).as("transfers done").isPositive();
        assertThat(transfers.balances()).as("transfers.seed=%d", SEED).isEqualTo(transfers.expected());
        // A row that stayed locked could not be changed.
        transfers.touchAll();
        try (Servers servers = Servers.of(running.cluster(), BANK)) {
            for (Shard shard : running.shards(BANK)) {
                Servers.ShardChecksums sums = servers.checksums(shard, LONGEST_CHECKSUMS);
                assertThat(sums.equalOn(COPIES))
                        .as("%s: %s", shard.getSpec().name(), sums)
                        .isTrue();
            }
        }
    }

    /** @param what 0: a router; 1: a shard server; 2: a database */
    private static void kill(RunningCluster running, int what, Random random) {
        if (what == 0) {
            List<Pod> routers = running.routers(BANK);
            Pod router = routers.get(random.nextInt(routers.size()));
            running.faults()
                    .runningProcess(router, "router")
                    .flatMap(ProcessHandle::of)
                    .ifPresent(ProcessHandle::destroyForcibly);
            return;
        }
        Pod pod = running.serverPod(BANK, "server-" + random.nextInt(COPIES));
        String container = what == 1 ? Faults.SERVER : LoadedDatabase.mysqld(pod);
        running.faults()
                .runningProcess(pod, container)
                .flatMap(ProcessHandle::of)
                .ifPresent(ProcessHandle::destroyForcibly);
    }
}
