package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of one pod: which processes it has, for the next agent, and their logs. */
final class PodFiles {
    private static final int KEPT_LOGS = 3;
    private static final long LARGEST_LOG = 16L << 20;

    private final Path directory;

    PodFiles(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    /**
     * One process on record.
     *
     * @param identity which process
     * @param startedAt when it was started
     * @param restarts how often the container was restarted before
     */
    record Recorded(ProcessIdentity identity, Instant startedAt, int restarts) {}

    /** Makes the directories. */
    void create() throws IOException {
        Files.createDirectories(directory.resolve("logs"));
        Files.createDirectories(directory.resolve("volumes"));
    }

    Path log(String container) {
        return directory.resolve("logs").resolve(container + ".log");
    }

    /** The log of an earlier run: 1 is the last one. */
    Path log(String container, int runsAgo) {
        return runsAgo == 0 ? log(container) : directory.resolve("logs").resolve(container + ".log." + runsAgo);
    }

    /** Begins a new log, and keeps those of the last runs. */
    Path beginLog(String container) throws IOException {
        if (Files.exists(log(container))) {
            for (int age = KEPT_LOGS; age >= 1; age--) {
                Path younger = log(container, age - 1);
                if (Files.exists(younger)) {
                    Files.move(younger, log(container, age), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return log(container);
    }

    /** Cuts a log that has grown too large: the process goes on appending to the same file. */
    void rotate(String container) throws IOException {
        Path log = log(container);
        if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
            Files.copy(log, log(container, 1), StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
        }
    }

    /** Records the pod's processes. */
    void record(String podUid, Map<String, Recorded> processes) throws IOException {
        ObjectNode state = Tree.object();
        state.put("uid", podUid);
        ObjectNode containers = state.putObject("containers");
        processes.forEach((name, process) -> {
            ObjectNode one = containers.putObject(name);
            one.put("pid", process.identity.pid());
            one.put("startTicks", process.identity.startTicks());
            one.put("startedAt", process.startedAt.toString());
            one.put("restarts", process.restarts);
        });
        Path next = directory.resolve("state.json.next");
        Files.write(next, Tree.bytes(state));
        Files.move(
                next,
                directory.resolve("state.json"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** The recorded processes of the pod with this uid, or of any when it is null. */
    Map<String, Recorded> recorded(@Nullable String podUid) throws IOException {
        Map<String, Recorded> processes = new LinkedHashMap<>();
        Path file = directory.resolve("state.json");
        if (!Files.exists(file)) {
            return processes;
        }
        JsonNode state = Tree.parse(Files.readAllBytes(file));
        if (podUid != null && !podUid.equals(state.path("uid").asText())) {
            return processes;
        }
        state.path("containers")
                .properties()
                .forEach(e -> processes.put(
                        e.getKey(),
                        new Recorded(
                                new ProcessIdentity(
                                        e.getValue().path("pid").asLong(),
                                        e.getValue().path("startTicks").asLong()),
                                Instant.parse(e.getValue().path("startedAt").asText()),
                                e.getValue().path("restarts").asInt())));
        return processes;
    }
}
