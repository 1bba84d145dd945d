package io.shardeddb.systemtests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.crds.Shard;
import io.shardeddb.systemtests.RunningCluster;
import io.shardeddb.systemtests.SharedCluster;
import io.shardeddb.systemtests.clients.ClientThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Documents and keys with values in a whole database of four shards. In short in every build, in full in the profile
 * {@code fault-tests}. All runs draw the same requests and kills, unless {@code -Ddocuments.seed=N} says otherwise.
 */
@ExtendWith(SharedCluster.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DocumentsIT {

    private static final String DATABASE = "documents";
    private static final String SPACE = "visits";
    private static final int COPIES = 3;
    private static final int KEY_CLIENTS = 4;
    private static final long SEED = 19;
    private static final int KILLS = Integer.getInteger("documents.kills", 1);
    private static final int STEPS = Integer.getInteger("documents.steps", 60);
    private static final int IMPORTED = Integer.getInteger("documents.imported", 20_000);
    private static final Duration LONGEST = Duration.ofMinutes(20);
    private static final Duration COMPARE_TIMEOUT = Duration.ofMinutes(2);
    private static final String COMPARED = """
          keyValueSpaces:
            - name: sessions
            - name: visits
          collections:
            - name: compared
            - name: compared_indexed
              indexes: [{name: by_a, path: a}, {name: by_b_c, path: b.c}]
            - name: compared_keyed
              shardKey: s
        """;

    private final long seed = Long.getLong("documents.seed", SEED);
    private @Nullable RunningCluster cluster;

    /** All tests use one database; after a test that fails it is gone with its cluster. */
    @BeforeEach
    void haveADatabase(RunningCluster shared, @TempDir Path folder) throws IOException {
        if (shared != cluster) {
            shared.add(Files.writeString(folder.resolve("documents.yaml"), definition()));
            cluster = shared;
        }
    }

    @AfterAll
    void remove(RunningCluster shared) {
        if (shared == cluster) {
            assertThat(shared.sdb("remove", DATABASE)).isEqualTo(ExitCode.OK);
        }
        cluster = null;
    }

    /** The database of the examples, with four shards, key-value spaces, and collections to compare. */
    private static String definition() throws IOException {
        String example = Files.readString(Repository.find().example("documents/database.yaml"));
        String all = example.replace("  shardCount: 2\n", "  shardCount: 4\n").replace("  collections:\n", COMPARED);
        assertThat(all).contains("shardCount: 4", "compared_keyed", "name: people");
        return all;
    }

    @Test
    void clientsThatAddAtTheSameTimeLoseNothing(RunningCluster shared) {
        try (RouterClient router = new RouterClient(shared.endpoint(DATABASE))) {
            Additions.toADocumentAndACounter(router);
        }
    }

    @Test
    void everyAnswerIsTheModelsWhileProcessesAreKilled(RunningCluster shared) throws InterruptedException {
        AtomicLong added = new AtomicLong();
        List<ComparedCollection> collections = new ArrayList<>();
        List<ComparedKeys> keys = new ArrayList<>();
        try (RouterClient router = new RouterClient(shared.endpoint(DATABASE));
                ClientThreads clients = new ClientThreads()) {
            for (String name : List.of("compared", "compared_indexed", "compared_keyed", "compared_on_first_use")) {
                collections.add(new ComparedCollection(
                        router, name, name.endsWith("keyed"), seed + collections.size(), clients::failed));
            }
            for (int i = 0; i < KEY_CLIENTS; i++) {
                keys.add(new ComparedKeys(router, SPACE, i, seed, added, clients::failed));
            }
            clients.start("collection", collections.size(), 0, collections::get);
            clients.start("keys", keys.size(), 0, keys::get);
            kill(shared, clients);
            RunningCluster.await(
                    STEPS + " steps of each client",
                    LONGEST,
                    () -> clients.failures().isEmpty() && few(collections, keys) > 0
                            ? List.of(few(collections, keys) + " clients")
                            : List.of());
            clients.stop();
            assertThat(clients.failures()).as("documents.seed=%d", seed).isEmpty();
            assertThat(shared(router)).isEqualTo(added.get());
        }
        compareCopies(shared);
        System.out.printf(
                "documents.seed=%d: %d kills, %d steps of collections, %d of keys%n",
                seed,
                KILLS,
                collections.stream().mapToInt(ComparedCollection::steps).sum(),
                keys.stream().mapToInt(ComparedKeys::steps).sum());
    }

    private static long few(List<ComparedCollection> collections, List<ComparedKeys> keys) {
        return collections.stream().filter(each -> each.steps() < STEPS).count()
                + keys.stream().filter(each -> each.steps() < STEPS).count();
    }

    private static long shared(RouterClient router) throws InterruptedException {
        return router.send("GET", "/v1/kv/" + SPACE + "/" + ComparedKeys.SHARED, null, Map.of())
                .body()
                .asLong();
    }

    /** Server processes and databases, and in the long form routers, one after the other. */
    private void kill(RunningCluster shared, ClientThreads clients) throws InterruptedException {
        Random random = new Random(seed);
        for (int i = 0; i < KILLS && clients.failures().isEmpty(); i++) {
            Thread.sleep(200 + random.nextInt(1_000));
            Pod pod = i % 4 == 3
                    ? shared.routers(DATABASE).getFirst()
                    : shared.serverPod(DATABASE, "server-" + random.nextInt(COPIES));
            int containers = pod.getSpec().getContainers().size();
            String container = pod.getSpec()
                    .getContainers()
                    .get(random.nextInt(containers))
                    .getName();
            shared.awaitAnotherProcess(pod, container, shared.faults().kill(pod, container));
            shared.awaitHealthy(DATABASE, COPIES);
        }
    }

    private static void compareCopies(RunningCluster shared) throws InterruptedException {
        shared.awaitHealthy(DATABASE, COPIES);
        try (Servers servers = Servers.of(shared.cluster(), DATABASE)) {
            for (Shard shard : shared.shards(DATABASE)) {
                Servers.ShardChecksums sums = servers.checksums(shard, COMPARE_TIMEOUT);
                assertThat(sums.equalOn(COPIES))
                        .as("%s: %s", shard.getSpec().name(), sums)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"documents/README.md", "key-value/README.md"})
    void theExamplesAnswerAsTheySay(String file, RunningCluster shared) throws IOException, InterruptedException {
        ExampleSession session = ExampleSession.read(Repository.find().example(file));
        assertThat(session.run(shared.endpoint(DATABASE))).isEqualTo(session.expected());
    }

    @Test
    void anImportThatIsKilledAndRunAgainBringsEachDocumentOnce(RunningCluster shared, @TempDir Path folder)
            throws IOException, InterruptedException {
        KilledImport imported = new KilledImport(shared.endpoint(DATABASE), folder, IMPORTED);
        imported.killHalfWay();
        imported.finish();
        imported.check();
    }

    @Test
    void aClientThatLearnsTheServicesByReflectionGetsTheSame(RunningCluster shared) {
        try (ReflectedServices services = new ReflectedServices(shared.grpcEndpoint(DATABASE))) {
            overGrpc(services);
        }
    }

    private static void overGrpc(ReflectedServices services) {
        String documents = "shardeddb.api.v1.Documents";
        String keyValue = "shardeddb.api.v1.KeyValue";
        assertThat(services.names()).contains("shardeddb.api.v1.Rows", documents, keyValue, "grpc.health.v1.Health");
        DynamicMessage inserted = services.call(
                        documents,
                        "Insert",
                        "collection: 'people' documents: '{\"_id\":\"mary\",\"large\":1152921504606846977}'")
                .getFirst();
        assertThat(ReflectedServices.field(inserted, "ids")).isEqualTo(List.of("\"mary\""));
        List<DynamicMessage> found =
                services.call(documents, "Find", "collection: 'people' filter: '{\"large\":{\"$exists\":true}}'");
        assertThat(ReflectedServices.field(found.getFirst(), "documents"))
                .isEqualTo(List.of("{\"_id\":\"mary\",\"large\":1152921504606846977}"));
        assertThat(ReflectedServices.field(
                        services.call(documents, "DeleteById", "collection: 'people' id: '\"mary\"'")
                                .getFirst(),
                        "timestamp"))
                .isNotEqualTo(0L);
        services.call(keyValue, "Put", "space: 'sessions' put { key: '\\000\\377' value: 'hello' type: 'text/plain' }");
        DynamicMessage read = services.call(keyValue, "Get", "space: 'sessions' key: '\\000\\377'")
                .getFirst();
        DynamicMessage entry = (DynamicMessage) ReflectedServices.field(read, "entry");
        assertThat(ReflectedServices.field(entry, "value")).isEqualTo(ByteString.copyFromUtf8("hello"));
        List<DynamicMessage> scanned = services.call(keyValue, "Scan", "space: 'sessions' prefix: '\\000'");
        assertThat((List<?>) ReflectedServices.field(scanned.getFirst(), "entries"))
                .hasSize(1);
    }
}
