package io.shardeddb.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** Clusters and clients for tests. */
final class Clusters {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private Clusters() {}

    /** Settings with the images {@code trivial} (the test program), {@code sh} (plain commands) and {@code mariadb}. */
    static Settings settings() {
        ObjectNode images = Tree.object();
        ObjectNode trivial = images.putObject("trivial");
        trivial.put("kind", "java").put("main", TrivialApp.class.getName());
        trivial.putArray("classPath")
                .add(Path.of("target", "test-classes").toAbsolutePath().toString());
        images.putObject("sh").put("kind", "command");
        images.putObject("mariadb").put("kind", "mariadb");
        return new Settings(0, images, Path.of("target", "tools"));
    }

    static KubernetesClient client(LocalCluster cluster) throws IOException {
        Config config = Config.fromKubeconfig(Files.readString(cluster.kubeconfig()));
        config.setNamespace("default");
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    static String get(String url) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
