package io.shardeddb.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PortStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods really run: as processes, with volumes, names, probes and restarts. */
class PodsIT {
    @BeforeAll
    static void letAnObjectThatIsNotYetWhatIsAwaitedBeNoFailure() {
        Awaitility.ignoreExceptionsByDefault();
    }

    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    static Path home;

    private static LocalCluster cluster;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws IOException {
        cluster = LocalCluster.start(home, Clusters.settings());
        client = Clusters.client(cluster);
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        cluster.close();
    }

    private static void apply(String yaml) {
        client.load(new java.io.ByteArrayInputStream(yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .serverSideApply();
    }

    private static Pod ready(String name) {
        return client.pods().withName(name).waitUntilReady(90, TimeUnit.SECONDS);
    }

    @Test
    void runsAStatefulSetWithVolumeNameAndRestart() throws Exception {
        apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: things}
                spec:
                  clusterIP: None
                  selector: {app: thing}
                  ports: [{name: web, port: 8080}]
                ---
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: thing}
                spec:
                  serviceName: things
                  replicas: 1
                  podManagementPolicy: Parallel
                  selector: {matchLabels: {app: thing}}
                  template:
                    metadata: {labels: {app: thing}}
                    spec:
                      terminationGracePeriodSeconds: 5
                      containers:
                      - name: main
                        image: trivial:1.0
                        args: [--data=/var/data, $(POD_NAME), $(UNKNOWN)]
                        env:
                        - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                        - {name: DATA, value: /var/data}
                        readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
                        volumeMounts: [{name: data, mountPath: /var/data, subPath: inner}]
                  volumeClaimTemplates:
                  - metadata: {name: data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """);
        await().atMost(SOON).until(() -> client.pods().withName("thing-0").get() != null);
        String address = ready("thing-0").getStatus().getPodIP();
        String base = "http://" + address + ":8080";
        Path data = home.resolve("volumes/default_data-thing-0/inner");

        assertThat(Clusters.get(base + "/args")).isEqualTo("--data=" + data + " thing-0 $(UNKNOWN)");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(Clusters.get(base + "/resolve?thing-0.things.default.svc.cluster.local"))
                                .isEqualTo(address));

        long pid = Long.parseLong(Clusters.get(base + "/pid"));
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(Files.readAllLines(data.resolve("starts"))).hasSize(2));
        await().atMost(SOON).untilAsserted(() -> {
            Pod pod = client.pods().withName("thing-0").get();
            assertThat(pod.getStatus().getPodIP()).isEqualTo(address);
            assertThat(pod.getStatus().getContainerStatuses().getFirst()).satisfies(status -> {
                assertThat(status.getRestartCount()).isEqualTo(1);
                assertThat(status.getReady()).isTrue();
                assertThat(status.getLastState().getTerminated().getExitCode()).isEqualTo(137);
            });
        });

        client.apps().statefulSets().withName("thing").delete();
        await().atMost(SOON).until(() -> client.pods().withName("thing-0").get() == null);
        assertThat(Files.exists(data)).as("a claim outlives its pod").isTrue();
        client.persistentVolumeClaims().withName("data-thing-0").delete();
        await().atMost(SOON).until(() -> !Files.exists(data));
    }

    @Test
    void runsADeploymentBehindAService() throws Exception {
        apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec:
                  selector: {app: web}
                  ports: [{name: http, port: 8081, targetPort: web}, {name: grpc, port: 8082, targetPort: web}]
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      terminationGracePeriodSeconds: 5
                      containers:
                      - name: main
                        image: trivial
                        ports: [{name: web, containerPort: 8080}]
                        env:
                        - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                        readinessProbe: {tcpSocket: {port: web}, periodSeconds: 1}
                """);
        client.apps()
                .deployments()
                .withName("web")
                .waitUntilCondition(
                        d -> d != null
                                && d.getStatus() != null
                                && Integer.valueOf(2).equals(d.getStatus().getAvailableReplicas()),
                        30,
                        TimeUnit.SECONDS);
        await().atMost(SOON)
                .until(() -> !client.services()
                        .withName("web")
                        .get()
                        .getStatus()
                        .getLoadBalancer()
                        .getIngress()
                        .isEmpty());
        List<PortStatus> ports = client.services()
                .withName("web")
                .get()
                .getStatus()
                .getLoadBalancer()
                .getIngress()
                .getFirst()
                .getPorts();

        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(ports)
                        .hasSize(2)
                        .allSatisfy(port -> assertThat(Clusters.get("http://127.0.0.1:" + port.getPort() + "/"))
                                .isEqualTo("ok")));
        client.apps().deployments().withName("web").delete();
        await().atMost(SOON)
                .until(() ->
                        client.pods().withLabel("app", "web").list().getItems().isEmpty());
    }

    @Test
    void runsMariaDbAsTheOfficialImageDoes() throws Exception {
        apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: credentials}
                stringData: {root: "it's secret"}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: db}
                spec:
                  terminationGracePeriodSeconds: 20
                  containers:
                  - name: mysqld
                    image: mariadb:11.4
                    args: [--bind-address=$(POD_IP), --innodb-flush-log-at-trx-commit=0]
                    env:
                    - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                    - {name: MYSQL_ROOT_PASSWORD, valueFrom: {secretKeyRef: {name: credentials, key: root}}}
                    startupProbe: {tcpSocket: {port: 3306}, periodSeconds: 1, failureThreshold: 60}
                    volumeMounts: [{name: data, mountPath: /var/lib/mysql, subPath: mysql}]
                  volumes: [{name: data, emptyDir: {}}]
                """);
        Pod pod = client.pods().withName("db").waitUntilReady(120, TimeUnit.SECONDS);

        Process query = new ProcessBuilder(
                        Path.of("target/tools/mariadb-11.4.5/bin/mariadb").toString(),
                        "--no-defaults",
                        "--skip-ssl",
                        "-h" + pod.getStatus().getPodIP(),
                        "-uroot",
                        "-pit's secret",
                        "-Ne",
                        "SELECT 40 + 2")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(query.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("42\n");
        client.pods().withName("db").delete();
        await().atMost(SOON).until(() -> client.pods().withName("db").get() == null);
    }
}
