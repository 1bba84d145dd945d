package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.api.ResourceKind;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.ApiNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two databases in one cluster, each working; one goes and leaves nothing, the other does not notice. */
@ExtendWith(SharedCluster.class)
final class SideBySideIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String STUDENT = "4711";

    @Test
    void twoDatabasesWorkSideBySideAndADeletedOneLeavesNothing(RunningCluster running) throws InterruptedException {
        running.add(Repository.find().example("hash.yaml"));
        String students = running.endpoint(LoadedDatabase.STUDENTS);
        String shop = running.endpoint("shop");
        assertThat(shop).isNotEqualTo(students);
        writeAndReadBack(students, "StudT", student(), STUDENT);
        writeAndReadBack(shop, "orders", order(), null);
        List<Long> processes = processes(running, "shop");
        assertThat(processes).isNotEmpty();

        assertThat(running.sdb("remove", "shop")).isEqualTo(ExitCode.OK);

        RunningCluster.await("nothing is left of shop", PATIENCE, () -> remains(running, "shop", processes));
        assertThat(running.cluster().databases())
                .singleElement()
                .satisfies(left -> assertThat(left.getMetadata().getName()).isEqualTo(LoadedDatabase.STUDENTS));
        readBack(students, "StudT", student(), STUDENT);
        useFromTheCommandLine(running);
    }

    /** What the README shows a newcomer, in a process without a terminal. */
    private static void useFromTheCommandLine(RunningCluster running) {
        String rows = Repository.find().example("students.csv").toString();
        assertThat(running.sdb("load", rows)).isEqualTo(ExitCode.OK);
        assertThat(running.sdb("read", "StudT", "--from", "4090", "--to", "4100"))
                .isEqualTo(ExitCode.OK);
        assertThat(running.sdb("write", "StudT", "--upsert", "Stud_id=2255", "Stud_name=Grace", "Stud_marks=98"))
                .isEqualTo(ExitCode.OK);
        assertThat(running.sdb("read", "StudT", "2255")).isEqualTo(ExitCode.OK);
        assertThat(running.sdb("status")).isEqualTo(ExitCode.OK);
        assertThat(running.sdb("write", "StudT", "Stud_id=abc", "Stud_name=x", "Stud_marks=1"))
                .isEqualTo(ExitCode.DATA);
        assertThat(running.sdb("delete", "StudT", "2255")).isEqualTo(ExitCode.OK);
    }

    /** Everything that still is there of a database: objects, running processes, folders. */
    private static List<String> remains(RunningCluster running, String database, List<Long> processes) {
        List<String> remains = new ArrayList<>();
        for (ResourceKind kind : namespacedKinds(running.cluster().api())) {
            running.cluster().api().list(kind.path("default")).stream()
                    .map(object -> object.path("metadata"))
                    .filter(metadata -> belongsTo(metadata, database))
                    .forEach(metadata -> remains.add(
                            kind.kind() + " " + metadata.path("name").asText()));
        }
        processes.stream()
                .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                .forEach(pid -> remains.add("process " + pid));
        remains.addAll(folders(running.home().path().resolve("volumes"), "-" + database + "-"));
        remains.addAll(folders(running.home().path().resolve("pods"), "_" + database + "-"));
        return remains;
    }

    /**
     * Every kind that the API serves within namespaces. Events are no part of a database: they tell of its end and
     * expire.
     */
    private static List<ResourceKind> namespacedKinds(Api api) {
        List<String> versions = new ArrayList<>(List.of("v1"));
        api.get("/apis")
                .path("groups")
                .forEach(group -> versions.add(
                        group.path("preferredVersion").path("groupVersion").asText()));
        List<ResourceKind> kinds = new ArrayList<>();
        for (String version : versions) {
            for (JsonNode resource : api.get((version.contains("/") ? "/apis/" : "/api/") + version)
                    .path("resources")) {
                String plural = resource.path("name").asText();
                String kind = resource.path("kind").asText();
                if (resource.path("namespaced").asBoolean() && !plural.contains("/") && !kind.equals("Event")) {
                    kinds.add(new ResourceKind(version, kind, plural, true));
                }
            }
        }
        assertThat(kinds).extracting(ResourceKind::plural).contains("pods", "secrets", "statefulsets", "shards");
        return kinds;
    }

    private static boolean belongsTo(JsonNode metadata, String database) {
        String name = metadata.path("name").asText();
        return database.equals(
                        metadata.path("labels").path(ApiNames.DATABASE_LABEL).asText())
                || name.equals(database)
                || name.startsWith(database + "-")
                || name.startsWith("data-" + database + "-");
    }

    private static List<String> folders(Path parent, String part) {
        try (Stream<Path> children = Files.list(parent)) {
            return children.map(
                            child -> Objects.requireNonNull(child.getFileName()).toString())
                    .filter(name -> name.contains(part))
                    .map(name -> "folder " + name)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Long> processes(RunningCluster running, String database) {
        List<Long> processes = new ArrayList<>();
        running.cluster().pods().stream()
                .filter(pod -> database.equals(pod.getMetadata().getLabels().get(ApiNames.DATABASE_LABEL)))
                .forEach(pod -> pod.getSpec()
                        .getContainers()
                        .forEach(container -> processes.add(running.faults().process(pod, container.getName()))));
        return processes;
    }

    private static ObjectNode student() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("Stud_id", Integer.parseInt(STUDENT))
                .put("Stud_name", "Ada")
                .put("Stud_marks", 99);
    }

    private static ObjectNode order() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("customer", "ada")
                .put("number", 1)
                .put("total", "12.50")
                .put("detail", "{}");
    }

    private static void writeAndReadBack(String endpoint, String table, ObjectNode row, @Nullable String key)
            throws InterruptedException {
        try (RouterClient router = new RouterClient(endpoint)) {
            Answer answer =
                    new Rows(router, table, RequestIds.fresh(), PATIENCE).write(List.of(row), Rows.WriteMode.UPSERT);
            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        }
        readBack(endpoint, table, row, key);
    }

    /** Reads the row of a key, or the table's only one. */
    private static void readBack(String endpoint, String table, ObjectNode row, @Nullable String key)
            throws InterruptedException {
        List<String> found = new ArrayList<>();
        try (RouterClient router = new RouterClient(endpoint)) {
            new Rows(router, table, RequestIds.fresh(), PATIENCE)
                    .range(key, key, 10, each -> found.add(each.toString()));
        }
        assertThat(found)
                .singleElement()
                .satisfies(each -> row.properties()
                        .forEach(column ->
                                assertThat(each).contains(column.getValue().toString())));
    }
}
