package io.shardeddb.systemtests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.cli.Main;
import io.shardeddb.cli.rows.RouterClient;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code sdb import} of documents in a process of its own with 256 MiB, killed half-way, and run once more. */
final class KilledImport {

    private static final String COLLECTION = "imported";
    private static final long POLL_MILLIS = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String endpoint;
    private final Path file;
    private final Path told;
    private final long documents;

    /** Writes the file. The documents have no {@code _id}: each gets one from the content and its number. */
    KilledImport(String endpoint, Path folder, int documents) throws IOException {
        this.endpoint = endpoint;
        this.file = folder.resolve("people.jsonl");
        this.told = folder.resolve("told.txt");
        this.documents = documents;
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < documents; i++) {
                out.write("{\"n\":%d,\"name\":\"person %d\",\"city\":\"c%d\"}%n".formatted(i, i, i % 97));
            }
        }
    }

    private Process begin() throws IOException {
        List<String> command = List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path", ""),
                Main.class.getName(),
                "import",
                COLLECTION,
                file.toString(),
                "--endpoint",
                endpoint);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(told.toFile()))
                .start();
    }

    private Optional<JsonNode> progress() throws IOException {
        File noted = file.resolveSibling(file.getFileName() + ".progress").toFile();
        return noted.exists() ? Optional.of(JSON.readTree(noted)) : Optional.empty();
    }

    private long records() throws IOException {
        return progress().map(each -> each.path("records").asLong()).orElse(0L);
    }

    /** Kills it after about the half, as {@code kill -9} does. */
    void killHalfWay() throws IOException, InterruptedException {
        Process process = begin();
        while (process.isAlive() && records() < documents * 2 / 5) {
            Thread.sleep(POLL_MILLIS);
        }
        process.destroyForcibly().waitFor();
        assertThat(progress()).as(Files.readString(told)).hasValueSatisfying(noted -> {
            assertThat(noted.path("records").asLong()).isBetween(1L, documents - 1);
            assertThat(noted.path("complete").asBoolean()).isFalse();
        });
    }

    /** Runs it to its end. */
    void finish() throws IOException, InterruptedException {
        long before = records();
        long start = System.nanoTime();
        assertThat(begin().waitFor()).as(Files.readString(told)).isZero();
        System.out.printf(
                "%d documents imported, killed after %d; the rest in %.1f s%n",
                documents, before, (System.nanoTime() - start) / 1e9);
    }

    /** All are there, each once: their count and the sum of their numbers tell. */
    void check() throws IOException, InterruptedException {
        try (RouterClient router = new RouterClient(endpoint)) {
            JsonNode all = router.send(
                            "POST",
                            "/v1/collections/" + COLLECTION + "/aggregate",
                            JSON.readTree("{\"pipeline\":[{\"$group\":{\"_id\":null,\"count\":{\"$sum\":1},"
                                    + "\"sum\":{\"$sum\":\"$n\"},\"last\":{\"$max\":\"$n\"}}}]}"),
                            Map.of())
                    .body()
                    .path("documents")
                    .path(0);
            assertThat(all.path("count").asLong()).isEqualTo(documents);
            assertThat(all.path("sum").asLong()).isEqualTo(documents * (documents - 1) / 2);
            assertThat(all.path("last").asLong()).isEqualTo(documents - 1);
        }
    }
}
