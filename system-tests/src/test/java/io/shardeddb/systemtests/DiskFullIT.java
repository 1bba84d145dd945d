package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.cli.ExitCode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.proof.WriteLoad;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ServerStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server's volume that runs full for real: a small tmpfs in the place of its claim's folder. Needs the right to mount; runs in
 * the profile {@code fault-tests}.
 */
final class DiskFullIT {

    private static final String SERVER = "server-1";
    private static final String CLAIM = """
            {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
             "metadata": {"name": "data-students-server-1-0", "namespace": "default"},
             "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
            """;
    private static final int VOLUME_MEBIBYTES = 700;
    private static final int MEBIBYTE = 1 << 20;
    private static final int COPIES = 3;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(Integer.getInteger("faults.longest-pause", 30));
    private static final Duration NOTICED = Duration.ofSeconds(30);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration UNDER_FULL_DISK = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @Test
    void aFullVolumeMakesItsServerReadOnlyAndNothingElse() throws IOException, InterruptedException {
        assumeTrue(Boolean.getBoolean("faults.tmpfs"), "only where the profile fault-tests asks for it");
        RunningCluster running = RunningCluster.up(folder);
        Path volume = running.home().path().resolve("volumes/default_data-students-server-1-0");
        LoadedDatabase database = new LoadedDatabase(running, LONGEST_PAUSE);
        boolean mounted = false;
        try {
            running.cluster().apply(new ObjectMapper().readTree(CLAIM), Api.Applying.FORCE);
            RunningCluster.await(
                    "the claim is bound", NOTICED, () -> Files.isDirectory(volume) ? List.of() : List.of("its folder"));
            mounted =
                    command("mount", "-t", "tmpfs", "-o", "size=" + VOLUME_MEBIBYTES + "m", "none", volume.toString());
            assumeTrue(mounted, "this user may mount nothing");
            assertThat(running.sdb(
                            "apply",
                            "-f",
                            Repository.find().example("students.yaml").toString()))
                    .isEqualTo(ExitCode.OK);
            RunningCluster.await(
                    "the database is ready",
                    START_TIMEOUT,
                    () -> holds(running, ConditionType.Ready, true) ? List.of() : List.of("Ready"));
            running.awaitHealthy(LoadedDatabase.NAME, COPIES);
            database.underLoad((load, servers) -> fillAndFree(running, database, volume, load, servers));
        } finally {
            boolean down = running.sdb("down") == ExitCode.OK;
            if (mounted) {
                assertThat(command("umount", volume.toString())).as("umount").isTrue();
            }
            running.close();
            assertThat(down).as("sdb down").isTrue();
            database.lines().forEach(System.out::println);
        }
    }

    private static void fillAndFree(
            RunningCluster running, LoadedDatabase database, Path volume, WriteLoad load, Servers servers)
            throws IOException, InterruptedException {
        Path filler = volume.resolve("filler");
        load.resetPauses();
        fill(filler, 60L * MEBIBYTE);
        RunningCluster.await("a condition names the server", NOTICED, () -> readOnly(running));
        RunningCluster.await(
                "no shard is led by the server",
                NOTICED,
                () -> running.shards(LoadedDatabase.NAME).stream()
                        .filter(shard -> servers.leader(shard)
                                .filter(leader -> leader.server().equals(SERVER))
                                .isPresent())
                        .map(shard -> shard.getSpec().name())
                        .toList());
        ServerStatus status = status(running);
        database.say("  60 MiB left: %s is %s, %s".formatted(SERVER, status.phase(), status.message()));

        fill(filler, 0);
        long writes = load.writes();
        Thread.sleep(UNDER_FULL_DISK);
        database.say("  nothing left for %s: %d more writes acknowledged by the others"
                .formatted(UNDER_FULL_DISK, load.writes() - writes));
        assertThat(load.writes()).isGreaterThan(writes);

        Files.delete(filler);
        RunningCluster.await(
                "the condition goes",
                LoadedDatabase.RECOVERY_TIMEOUT,
                () -> holds(running, ConditionType.Degraded, false) ? List.of() : List.of("Degraded is False"));
        database.awaitRecovered(servers, running.serverPod(LoadedDatabase.NAME, SERVER));
        database.sayPause(load, "volume of %s full".formatted(SERVER));
    }

    private static ServerStatus status(RunningCluster running) {
        return running.cluster().database(LoadedDatabase.NAME).getStatus().servers().stream()
                .filter(server -> server.name().equals(SERVER))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> readOnly(RunningCluster running) {
        boolean told = running.cluster().database(LoadedDatabase.NAME).getStatus().conditions().stream()
                .anyMatch(condition -> condition.getType().equals(ConditionType.Degraded.name())
                        && condition.getStatus().equals("True")
                        && condition.getReason().equals(Reason.ServerReadOnly.name())
                        && condition.getMessage().contains(SERVER));
        return told ? List.of() : List.of(Reason.ServerReadOnly.name());
    }

    private static boolean holds(RunningCluster running, ConditionType type, boolean wanted) {
        var status = running.cluster().database(LoadedDatabase.NAME).getStatus();
        List<Condition> conditions = status == null ? List.of() : status.conditions();
        return conditions.stream()
                .anyMatch(condition -> condition.getType().equals(type.name())
                        && condition.getStatus().equals(wanted ? "True" : "False"));
    }

    /** Lets the file grow until this much of its volume is left. */
    private static void fill(Path file, long left) throws IOException {
        byte[] zeros = new byte[MEBIBYTE];
        try (OutputStream out = Files.newOutputStream(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
            while (Files.getFileStore(file).getUsableSpace() > left) {
                out.write(zeros);
            }
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            // No space left on device, in the middle of the last piece.
            assertThat(left).as(Objects.toString(e.getMessage())).isZero();
        }
    }

    private static boolean command(String... words) throws IOException, InterruptedException {
        return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
    }
}
