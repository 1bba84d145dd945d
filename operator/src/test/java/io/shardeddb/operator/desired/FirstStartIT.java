package io.shardeddb.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.local.LocalCluster;
import io.shardeddb.local.Settings;
import io.shardeddb.local.node.DatabasePrograms;
import io.shardeddb.operator.config.OperatorSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The container {@code mysqld} of a server's pod, run by the local cluster with a real database, and killed while it
 * starts for the first time.
 */
final class FirstStartIT {

    private static final int KILLS = Integer.getInteger("first-start.kills", 20);
    private static final int AT_ONCE = 4;

    /** About so many files are there when the set-up is complete. */
    private static final int FILES = 130;

    /** The folder of a MySQL to try it with; else it is MariaDB. */
    private static final String MYSQL_HOME = System.getProperty("mysql.home", "");

    private static final String PASSWORD = "it's \"secret\" $HOME";
    private static final Duration SOON = Duration.ofMinutes(2);

    private static final ShardedDatabase DATABASE = Serialization.unmarshal("""
        apiVersion: shardeddb.io/v1alpha1
        kind: ShardedDatabase
        metadata: {name: shop, namespace: default, uid: 0f0f0f0f-0000-4000-8000-000000000000}
        spec:
          sharding: {strategy: Hash}
          shardCount: 2
          servers:
            count: 3
            mysql: {config: {loose-innodb-log-file-size: 4M, innodb-buffer-pool-size: 16M}}
        """, ShardedDatabase.class);

    @TempDir
    Path home;

    /** The folder that the tests of the local cluster unpack the programs into, so that it is done once. */
    private static Path tools() {
        return Path.of("..", "local-cluster", "target", "tools")
                .toAbsolutePath()
                .normalize();
    }

    private static Pod pod(String name) {
        PodSpec spec = Servers.statefulSet(DATABASE, "Server0", "shop-server0", OperatorSettings.of(Map.of()))
                .getSpec()
                .getTemplate()
                .getSpec();
        spec.setContainers(spec.getContainers().stream()
                .filter(container -> container.getName().equals("mysqld"))
                .toList());
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withSpec(spec)
                .editSpec()
                .withTerminationGracePeriodSeconds(0L)
                .addNewVolume()
                .withName("data")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .endSpec()
                .build();
    }

    @Test
    void recoversFromAKillAtRandomMoments() throws Exception {
        long seed = Long.getLong("faults.seed", System.nanoTime());
        Random random = new Random(seed);
        ObjectNode images = new ObjectMapper().createObjectNode();
        ObjectNode database = images.putObject("mariadb").put("kind", "mariadb");
        if (!MYSQL_HOME.isEmpty()) {
            database.put("home", MYSQL_HOME);
        }
        try (LocalCluster cluster = LocalCluster.start(home, new Settings(0, images, tools()));
                KubernetesClient client = client(cluster)) {
            client.resource(new SecretBuilder()
                            .withNewMetadata()
                            .withName(Naming.credentials("shop"))
                            .endMetadata()
                            .addToStringData(Naming.PASSWORD_KEY, PASSWORD)
                            .build())
                    .create();
            for (int wave = 0; wave < KILLS; wave += AT_ONCE) {
                for (int i = wave; i < wave + AT_ONCE; i++) {
                    killWithin(client, "first-" + i, random.nextInt(FILES));
                }
                for (int i = wave; i < wave + AT_ONCE; i++) {
                    String name = "first-" + i;
                    await().atMost(SOON)
                            .untilAsserted(() -> assertThat(answer(client, name))
                                    .as("killed with the seed %d, pod %s: %s", seed, name, log(client, name))
                                    .isEqualTo("42"));
                    client.pods().withName(name).delete();
                }
            }
        }
    }

    private static KubernetesClient client(LocalCluster cluster) throws IOException {
        Config config = Config.fromKubeconfig(Files.readString(cluster.kubeconfig()));
        config.setNamespace("default");
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** Starts the pod and kills its first process with {@code kill -9} when its folder holds so many files. */
    private void killWithin(KubernetesClient client, String name, int files) throws IOException {
        client.resource(pod(name)).create();
        Path pod = home.resolve("pods").resolve("default_" + name);
        await().atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> pid(pod) > 0 && files(pod.resolve("volumes/data/mysql")) >= files);
        ProcessHandle.of(pid(pod)).orElseThrow().destroyForcibly();
    }

    private static long files(Path data) throws IOException {
        if (!Files.exists(data)) {
            return 0;
        }
        try (Stream<Path> paths = Files.walk(data, 2)) {
            return paths.count();
        } catch (java.io.UncheckedIOException e) {
            // A folder that goes while it is walked: nothing is known, the next look will tell.
            return 0;
        }
    }

    /**
     * The container's process as the node agent has it on record, which it writes as soon as it is started; 0 without.
     */
    private static long pid(Path pod) throws IOException {
        Path state = pod.resolve("state.json");
        return Files.exists(state)
                ? new ObjectMapper()
                        .readTree(state.toFile())
                        .path("containers")
                        .path("mysqld")
                        .path("pid")
                        .asLong()
                : 0;
    }

    private static String log(KubernetesClient client, String name) {
        return client.pods().withName(name).getLog();
    }

    /** What the database answers to a login over the network with root's password, as the shard server's is. */
    private static String answer(KubernetesClient client, String name) throws Exception {
        String address = client.pods().withName(name).get().getStatus().getPodIP();
        DatabasePrograms programs =
                DatabasePrograms.in(MYSQL_HOME.isEmpty() ? tools().resolve("mariadb-11.4.5") : Path.of(MYSQL_HOME));
        List<String> command = new ArrayList<>(programs.client());
        command.addAll(List.of("--no-defaults", "-h" + address, "-uroot", "-Ne", "SELECT 40 + 2"));
        if (!programs.mySql()) {
            command.add("--skip-ssl");
        }
        ProcessBuilder query = new ProcessBuilder(command).redirectErrorStream(true);
        query.environment().put("MYSQL_PWD", PASSWORD);
        Process process = query.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return output.strip();
    }
}
