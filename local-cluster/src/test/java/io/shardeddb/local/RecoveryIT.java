package io.shardeddb.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.shardeddb.local.tree.Tree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the cluster does when its daemon or its processes end, on purpose or not. */
class RecoveryIT {
    @BeforeAll
    static void letAnObjectThatIsNotYetWhatIsAwaitedBeNoFailure() {
        Awaitility.ignoreExceptionsByDefault();
    }

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: survivor}
            spec:
              terminationGracePeriodSeconds: 5
              containers:
              - name: main
                image: trivial
                env:
                - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
            """;

    @TempDir
    Path home;

    private static void create(KubernetesClient client, String yaml) {
        client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .create();
    }

    private static ContainerStatus status(KubernetesClient client) {
        return client.pods()
                .withName("survivor")
                .get()
                .getStatus()
                .getContainerStatuses()
                .getFirst();
    }

    private static long pid(KubernetesClient client) {
        return Long.parseLong(status(client).getContainerID().substring("process://".length()));
    }

    private Process daemon() throws IOException {
        Files.write(
                home.resolve("images.json"),
                Tree.bytes(java.util.Objects.requireNonNull(Clusters.settings().images())));
        Files.deleteIfExists(home.resolve("daemon.json"));
        Process daemon = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--home",
                        home.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("daemon.log").toFile())
                .start();
        await().atMost(SOON).until(() -> Files.exists(home.resolve("daemon.json")));
        return daemon;
    }

    private KubernetesClient client() throws IOException {
        var config = io.fabric8.kubernetes.client.Config.fromKubeconfig(Files.readString(home.resolve("kubeconfig")));
        return new io.fabric8.kubernetes.client.KubernetesClientBuilder()
                .withConfig(config)
                .build();
    }

    @Test
    void takesOverTheProcessesOfAKilledDaemon() throws Exception {
        Process first = daemon();
        long pid;
        try (KubernetesClient client = client()) {
            create(client, POD);
            client.pods().withName("survivor").waitUntilReady(90, TimeUnit.SECONDS);
            pid = pid(client);
        } finally {
            first.destroyForcibly().waitFor();
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        assertThat(process).isPresent();

        String address = Files.readString(home.resolve("kubeconfig"));
        Process second = daemon();
        assertThat(Files.readString(home.resolve("kubeconfig")))
                .as("processes that live on know the old address")
                .isEqualTo(address);
        try (KubernetesClient client = client()) {
            await().atMost(SOON).until(() -> Boolean.TRUE.equals(status(client).getReady()));
            assertThat(pid(client)).isEqualTo(pid);
            assertThat(status(client).getRestartCount()).isZero();

            process.orElseThrow().destroyForcibly();
            await().atMost(SOON)
                    .until(() -> status(client).getRestartCount() == 1
                            && Boolean.TRUE.equals(status(client).getReady()));
            assertThat(pid(client)).isNotEqualTo(pid);
        } finally {
            second.destroy();
            assertThat(second.waitFor(90, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void endsProcessesWhenStoppedAndStartsThemAgain() throws Exception {
        long pid;
        String address;
        String revision;
        try (LocalCluster cluster = LocalCluster.start(home, Clusters.settings());
                KubernetesClient client = Clusters.client(cluster)) {
            create(client, POD);
            address = client.pods()
                    .withName("survivor")
                    .waitUntilReady(90, TimeUnit.SECONDS)
                    .getStatus()
                    .getPodIP();
            pid = pid(client);
            revision = client.pods().list().getMetadata().getResourceVersion();
        }
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();

        try (LocalCluster cluster = LocalCluster.start(home, Clusters.settings());
                KubernetesClient client = Clusters.client(cluster)) {
            await().atMost(SOON).until(() -> Boolean.TRUE.equals(status(client).getReady()));
            assertThat(client.pods().withName("survivor").get().getStatus().getPodIP())
                    .isEqualTo(address);
            assertThat(Long.parseLong(client.pods().list().getMetadata().getResourceVersion()))
                    .isGreaterThan(Long.parseLong(revision));
        }
        LocalCluster.deleteData(home);
        assertThat(home.resolve("journal")).doesNotExist();
        assertThat(home.resolve("pods")).doesNotExist();
    }

    @Test
    void keepsAHomeToOneDaemonAndNamesWhatIsInTheWay() throws IOException {
        try (LocalCluster cluster = LocalCluster.start(home, Clusters.settings());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(cluster.kubeconfig()).exists();
            assertThatThrownBy(() -> LocalCluster.start(home, Clusters.settings()))
                    .isInstanceOf(LocalClusterException.class)
                    .hasMessageContaining("already");
            Settings taken =
                    new Settings(other.getLocalPort(), Clusters.settings().images(), null);
            assertThatThrownBy(() -> LocalCluster.start(home.resolve("second"), taken))
                    .isInstanceOf(LocalClusterException.class)
                    .hasMessageContaining("port " + other.getLocalPort() + " on 127.0.0.1 is in use");
        }
    }

    @Test
    void restartsACrashingContainerWithGrowingDelays() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(home, Clusters.settings());
                KubernetesClient client = Clusters.client(cluster)) {
            create(client, """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: survivor}
                    spec:
                      containers:
                      - {name: main, image: sh, command: [sh, -c, 'echo going down; exit 3']}
                    """);
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(status(client).getRestartCount()).isGreaterThanOrEqualTo(2);
                assertThat(status(client).getState().getWaiting().getReason()).isEqualTo("CrashLoopBackOff");
                assertThat(status(client).getLastState().getTerminated().getExitCode())
                        .isEqualTo(3);
            });
            assertThat(client.pods().withName("survivor").terminated().getLog()).isEqualTo("going down\n");
            client.pods().withName("survivor").delete();
            await().atMost(SOON).until(() -> client.pods().withName("survivor").get() == null);
        }
    }

    @Test
    void saysWhichImagesItCanRun() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(home, Clusters.settings());
                KubernetesClient client = Clusters.client(cluster)) {
            create(client, """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: survivor}
                    spec:
                      containers: [{name: main, image: 'nginx:1.27'}]
                    """);
            await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
                assertThat(status(client).getState().getWaiting().getReason()).isEqualTo("ErrImagePull");
                assertThat(status(client).getState().getWaiting().getMessage())
                        .contains("no launcher for image \"nginx:1.27\"", "trivial", "mariadb");
            });
        }
    }
}
