package io.shardeddb.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API server stopped alone and started again, as a client sees it. */
class ApiSwitchIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path home;

    @Test
    void stopsTheApiAndStartsItAgainAtTheSamePort() throws IOException, InterruptedException {
        Files.writeString(home.resolve(ApiSwitch.FILE), "left by a cluster before");
        try (LocalCluster cluster = LocalCluster.start(home, Clusters.settings());
                KubernetesClient client = Clusters.client(cluster);
                SharedIndexInformer<ConfigMap> informer =
                        client.configMaps().inNamespace("default").inform()) {
            assertThat(Clusters.get(cluster.address() + "/readyz")).isEqualTo("ok");

            Files.writeString(home.resolve(ApiSwitch.FILE), "");
            await().atMost(SOON).until(() -> refuses(cluster));
            await().atMost(SOON).until(() -> !informer.isWatching());

            Files.delete(home.resolve(ApiSwitch.FILE));
            await().atMost(SOON).until(() -> !refuses(cluster));
            client.configMaps()
                    .resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("after")
                            .endMetadata()
                            .build())
                    .create();
            await().atMost(SOON)
                    .until(() -> informer.getStore().list().stream()
                            .anyMatch(map -> map.getMetadata().getName().equals("after")));
        }
    }

    private static boolean refuses(LocalCluster cluster) throws IOException {
        try {
            URI.create(cluster.address() + "/readyz")
                    .toURL()
                    .openConnection()
                    .getInputStream()
                    .close();
            return false;
        } catch (ConnectException e) {
            return true;
        }
    }
}
