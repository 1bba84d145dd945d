package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.ExitCode;
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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server's volume that runs full for real: a small tmpfs in the place of its claim's folder, of a database of its
 * own. Needs the right to mount.
 */
@ExtendWith(SharedCluster.class)
final class DiskFullIT {

    private static final String NAME = "small";
    private static final String SERVER = "server-1";
    private static final String CLAIM = """
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
         "metadata": {"name": "data-small-server-1-0", "namespace": "default"},
         "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
        """;
    private static final int VOLUME_MEBIBYTES = 700;
    private static final int MEBIBYTE = 1 << 20;
    private static final int COPIES = 3;
    private static final Duration NOTICED = Duration.ofSeconds(30);
    private static final Duration UNDER_FULL_DISK = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    @Test
    void aFullVolumeMakesItsServerReadOnlyAndNothingElse(RunningCluster running)
            throws IOException, InterruptedException {
        assumeTrue(mount(folder) && command("umount", folder.toString()), "this user may mount nothing");
        Path volume = running.home().path().resolve("volumes/default_data-small-server-1-0");
        running.cluster().apply(new ObjectMapper().readTree(CLAIM), Api.Applying.FORCE);
        RunningCluster.await(
                "the claim is bound", NOTICED, () -> Files.isDirectory(volume) ? List.of() : List.of("its folder"));
        assertThat(mount(volume)).as("mount").isTrue();
        try (LoadedDatabase database = new LoadedDatabase(running, NAME)) {
            running.add(Files.writeString(folder.resolve("small.yaml"), definition()));
            running.awaitHealthy(NAME, COPIES);
            database.underLoad((load, servers) -> fillAndFree(running, database, volume, load, servers));
        } finally {
            // At once for the folder, which is removed with the database; for the processes when they end.
            assertThat(command("umount", "-l", volume.toString())).as("umount").isTrue();
            assertThat(running.sdb("remove", NAME)).isEqualTo(ExitCode.OK);
        }
    }

    private static boolean mount(Path place) throws IOException, InterruptedException {
        return command("mount", "-t", "tmpfs", "-o", "size=" + VOLUME_MEBIBYTES + "m", "none", place.toString());
    }

    /** The database of the examples under another name. */
    private static String definition() throws IOException {
        String students = Files.readString(Repository.find().example("students.yaml"));
        String small = students.replace("  name: students\n", "  name: " + NAME + "\n");
        assertThat(small).isNotEqualTo(students);
        return small;
    }

    private static void fillAndFree(
            RunningCluster running, LoadedDatabase database, Path volume, WriteLoad load, Servers servers)
            throws IOException, InterruptedException {
        Path filler = volume.resolve("filler");
        database.resetPauses(load);
        fill(filler, 60L * MEBIBYTE);
        RunningCluster.await("a condition names the server", NOTICED, () -> readOnly(running));
        RunningCluster.await(
                "no shard is led by the server",
                NOTICED,
                () -> running.shards(NAME).stream()
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
        database.awaitRecovered(servers, running.serverPod(NAME, SERVER));
        database.sayPause(load, "volume of %s full".formatted(SERVER));
    }

    private static ServerStatus status(RunningCluster running) {
        return running.cluster().database(NAME).getStatus().servers().stream()
                .filter(server -> server.name().equals(SERVER))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> readOnly(RunningCluster running) {
        boolean told = running.cluster().database(NAME).getStatus().conditions().stream()
                .anyMatch(condition -> condition.getType().equals(ConditionType.Degraded.name())
                        && condition.getStatus().equals("True")
                        && condition.getReason().equals(Reason.ServerReadOnly.name())
                        && condition.getMessage().contains(SERVER));
        return told ? List.of() : List.of(Reason.ServerReadOnly.name());
    }

    private static boolean holds(RunningCluster running, ConditionType type, boolean wanted) {
        var status = running.cluster().database(NAME).getStatus();
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
