package io.shardeddb.local.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.shardeddb.local.LocalCluster;
import io.shardeddb.local.Settings;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pod sleeps; the test itself listens at the pod's address, so that both ends are in its hands. */
final class PortForwardIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String POD = "sleeper";

    @TempDir
    static Path home;

    private static LocalCluster cluster;
    private static KubernetesClient client;
    private static InetAddress address;

    @BeforeAll
    static void start() throws IOException {
        cluster = LocalCluster.start(home, new Settings(0, images(), null));
        Config config = Config.fromKubeconfig(Files.readString(cluster.kubeconfig()));
        config.setNamespace("default");
        client = new KubernetesClientBuilder().withConfig(config).build();
        client.pods()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(POD)
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("main")
                        .withImage("sh:1")
                        .withCommand("sleep", "600")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        await().atMost(SOON).until(() -> ip() != null);
        address = InetAddress.getByName(ip());
    }

    private static ObjectNode images() {
        ObjectNode images = Tree.object();
        images.putObject("sh").put("kind", "command");
        return images;
    }

    private static String ip() {
        return client.pods().withName(POD).get().getStatus().getPodIP();
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        cluster.close();
    }

    private static LocalPortForward forward(int port) {
        return client.pods().withName(POD).portForward(port, InetAddress.getLoopbackAddress(), 0);
    }

    private static Socket connect(LocalPortForward forward) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout((int) SOON.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), forward.getLocalPort()));
        return socket;
    }

    @Test
    void carriesMegabytesInBothDirectionsAtOnce() throws Exception {
        byte[] sent = new byte[3 << 20];
        new Random(7).nextBytes(sent);
        try (ServerSocket echo = new ServerSocket(0, 5, address)) {
            Thread server = Thread.ofVirtual().start(() -> {
                try (Socket accepted = echo.accept()) {
                    accepted.getInputStream().transferTo(accepted.getOutputStream());
                } catch (IOException e) {
                    // The client has all that it asked for.
                }
            });
            try (LocalPortForward forward = forward(echo.getLocalPort());
                    Socket socket = connect(forward)) {
                OutputStream out = socket.getOutputStream();
                Thread writer = Thread.ofVirtual().start(() -> {
                    try {
                        out.write(sent);
                        out.flush();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
                assertThat(writer.join(SOON)).isTrue();
            }
            assertThat(server.join(SOON))
                    .as("the end of the forward reaches the pod")
                    .isTrue();
        }
    }

    @Test
    void theEndOfThePodsSideEndsTheClientsConnection() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 5, address);
                LocalPortForward forward = forward(listener.getLocalPort());
                Socket socket = connect(forward)) {
            try (Socket accepted = listener.accept()) {
                accepted.getOutputStream().write("bye".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("bye");
        }
    }

    @Test
    void aPortWhereNobodyListensIsTold() throws Exception {
        int free;
        try (ServerSocket listener = new ServerSocket(0, 5, address)) {
            free = listener.getLocalPort();
        }
        try (LocalPortForward forward = forward(free);
                Socket socket = connect(forward)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(forward.getServerThrowables().toString()).contains("error forwarding port " + free);
        }
    }

    @Test
    void whatIsNoUpgradeIsRefusedWithAReason() throws Exception {
        URI root = client.getMasterUrl().toURI();
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        root.resolve("/api/v1/namespaces/default/pods/sleeper/portforward?ports=80"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("WebSockets");
        assertThatThrownBy(() -> HttpClient.newHttpClient()
                        .newWebSocketBuilder()
                        .subprotocols("v5.channel.k8s.io")
                        .buildAsync(
                                URI.create("ws://127.0.0.1:" + root.getPort()
                                        + "/api/v1/namespaces/default/pods/sleeper/portforward?ports=80"),
                                new WebSocket.Listener() {})
                        .join())
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }
}
