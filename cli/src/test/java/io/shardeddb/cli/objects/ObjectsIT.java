package io.shardeddb.cli.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.cli.Run;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.local.LocalCluster;
import io.shardeddb.local.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The verbs on objects against a real API of the local cluster, once by its home and once through its kubeconfig. No
 * pod runs.
 */
final class ObjectsIT {

    @TempDir
    static Path folder;

    private static @Nullable LocalCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = LocalCluster.start(home(), new Settings(0, new ObjectMapper().createObjectNode(), null));
        for (String definition : new String[] {"shardeddatabases", "shards"}) {
            Path file = folder.resolve(definition + ".yaml");
            try (InputStream yaml = ObjectsIT.class.getResourceAsStream("/crds/" + definition + ".shardeddb.io.yaml")) {
                Files.write(file, Objects.requireNonNull(yaml).readAllBytes());
            }
            assertThat(sdb("apply", "-f", file.toString()).out()).contains("created");
        }
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static Path home() {
        return folder.resolve("home");
    }

    private static Run sdb(String... arguments) {
        return Run.of(Stream.concat(Stream.of(arguments), Stream.of("--home", home().toString()))
                .toArray(String[]::new));
    }

    private static Run throughKubeconfig(String... arguments) {
        String kubeconfig = home().resolve("kubeconfig").toString();
        return Run.of(Stream.concat(Stream.of(arguments), Stream.of("--kubeconfig", kubeconfig))
                .toArray(String[]::new));
    }

    private static Path database(String name, int servers) throws IOException {
        Path file = folder.resolve(name + ".yaml");
        Files.writeString(file, """
                apiVersion: shardeddb.io/v1alpha1
                kind: ShardedDatabase
                metadata: {name: %s}
                spec:
                  sharding: {strategy: Hash}
                  shardCount: 2
                  tables:
                    - {name: t, columns: [{name: k, type: String}], primaryKey: [k]}
                  servers: {count: %d}
                """.formatted(name, servers));
        return file;
    }

    @Test
    void appliesShowsAndDeletes() throws IOException {
        String file = database("one", 3).toString();
        assertThat(sdb("apply", "-f", file).out()).isEqualTo("ShardedDatabase one created\n");
        assertThat(sdb("apply", "-f", file).out()).isEqualTo("ShardedDatabase one unchanged\n");

        assertThat(sdb("get", "sdb", "one").out())
                .contains("NAME")
                .contains("SERVERS")
                .contains("one");
        assertThat(sdb("get", "shardeddatabase", "one", "-o", "yaml").out())
                .contains("strategy: Hash")
                .contains("replicas: 3")
                .doesNotContain("managedFields");
        assertThat(sdb("get", "sdb", "-o", "name").out()).contains("ShardedDatabase/one");
        assertThat(new ObjectMapper()
                        .readTree(sdb("get", "sdb", "-o", "json").out())
                        .path("items"))
                .isNotEmpty();
        assertThat(sdb("describe", "sdb", "one").out())
                .contains("Name:        one")
                .contains("not looked at yet")
                .contains("shardCount: 2");

        assertThat(sdb("delete", "-f", file).out()).isEqualTo("ShardedDatabase one deleted\n");
        assertThat(sdb("delete", "-f", file).out()).isEqualTo("ShardedDatabase one is not there\n");
        Run gone = sdb("get", "sdb", "one");
        assertThat(gone.exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(gone.err()).contains("\"one\" not found");
    }

    @Test
    void theSameVerbsWorkThroughAKubeconfig() throws IOException {
        String file = database("far", 3).toString();
        assertThat(throughKubeconfig("apply", "-f", file).out()).isEqualTo("ShardedDatabase far created\n");
        assertThat(throughKubeconfig("get", "sdb", "far", "-o", "wide").out()).contains("ENDPOINT");
        assertThat(throughKubeconfig("describe", "sdb", "far").out()).contains("Spec:");
        assertThat(throughKubeconfig("delete", "-f", file).out()).isEqualTo("ShardedDatabase far deleted\n");
    }

    @Test
    void leavesFieldsOfOthersToThemUnlessForced() throws IOException {
        sdb("apply", "-f", database("shared", 3).toString());
        try (Api api = Api.local(LocalProcesses.of(new Home(home())).address())) {
            api.merge(
                    KnownKinds.DATABASE.path("default", "shared"),
                    new ObjectMapper().readTree("{\"spec\":{\"servers\":{\"count\":5}}}"),
                    "someone");
        }
        String file = database("shared", 4).toString();
        Run refused = sdb("apply", "-f", file);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.DATA);
        assertThat(refused.err())
                .contains("someone")
                .contains(".spec.servers.count")
                .contains("--force-conflicts");
        assertThat(sdb("apply", "-f", file, "--force-conflicts").out()).contains("changed");
        assertThat(sdb("get", "sdb", "shared", "-o", "yaml").out()).contains("count: 4");
    }

    @Test
    void aDryRunChangesNothing() throws IOException {
        Run dry = sdb("apply", "--dry-run", "-f", database("dry", 3).toString());
        assertThat(dry.out()).contains("created (dry run");
        assertThat(sdb("get", "sdb", "dry").exitCode()).isEqualTo(ExitCode.NEGATIVE);
    }

    @Test
    void plansWithoutChanging() throws IOException {
        String file = database("planned", 3).toString();
        Run made = sdb("plan", "-f", file);
        assertThat(made.exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(made.out()).contains("would be made").contains("servers: 0 -> 3");
        assertThat(sdb("get", "sdb", "planned").exitCode()).isEqualTo(ExitCode.NEGATIVE);

        sdb("apply", "-f", file);
        assertThat(sdb("plan", "-f", file).out()).contains("nothing changes");
        Run scaled = sdb("plan", "-f", database("planned", 6).toString());
        assertThat(scaled.out()).contains("~ spec.servers.count: 3 -> 6").contains("1 on each of 6 servers");
        assertThat(sdb("get", "sdb", "planned", "-o", "yaml").out()).contains("count: 3");
    }

    @Test
    void noPasswordIsInAReport() throws IOException, InterruptedException {
        Path objects = folder.resolve("secret.yaml");
        Files.writeString(objects, """
                apiVersion: v1
                kind: Secret
                metadata: {name: hidden}
                data: {mysql-root-password: aHVudGVyMi1hbmQtbW9yZQ==}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: leaky, annotations: {note: "the password is hunter2-and-more"}}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: leaky}}
                  template:
                    metadata: {labels: {app: leaky}}
                    spec:
                      containers:
                      - {name: c, image: none, args: [--login, hunter2-and-more], env: [{name: DB_PASSWORD, value: another-one}]}
                """);
        assertThat(sdb("apply", "-f", objects.toString()).exitCode()).isZero();
        sdb("apply", "-f", database("reported", 3).toString());
        Path report = folder.resolve("report.tar.gz");
        assertThat(sdb("report", "-o", report.toString()).exitCode()).isZero();
        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
        assertThat(new ProcessBuilder("tar", "xzf", report.toString(), "-C", unpacked.toString())
                        .start()
                        .waitFor())
                .isZero();
        StringBuilder everything = new StringBuilder();
        try (Stream<Path> files = Files.walk(unpacked)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                everything.append(unpacked.relativize(file)).append('\n').append(Files.readString(file));
            }
        }
        assertThat(everything.toString())
                .contains("deployments/leaky.yaml")
                .contains("shardeddatabases/reported.yaml")
                .contains("secrets/hidden.yaml")
                .contains("versions.txt")
                .doesNotContain("hunter2")
                .doesNotContain("aHVudGVy")
                .doesNotContain("another-one");
        assertThat(sdb("report", "-o", report.toString()).err()).contains("exists already");
    }
}
