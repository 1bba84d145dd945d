package io.shardeddb.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator's client leaves out when it reads, it writes none the less. */
final class OperatorClientTest {

    @Test
    void writesASpecThatItDoesNotRead(@TempDir Path folder) throws Exception {
        try (World world = new World(folder)) {
            world.gate().live(Integer.MAX_VALUE);
            StatefulSet set = new StatefulSetBuilder()
                    .withNewMetadata()
                    .withName("s")
                    .withNamespace("default")
                    .endMetadata()
                    .withNewSpec()
                    .withReplicas(0)
                    .withServiceName("service")
                    .withNewSelector()
                    .addToMatchLabels("a", "b")
                    .endSelector()
                    .withNewTemplate()
                    .withNewMetadata()
                    .addToLabels("a", "b")
                    .endMetadata()
                    .withNewSpec()
                    .addNewContainer()
                    .withName("c")
                    .withImage("image")
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build();
            StatefulSet answer =
                    world.operator().resource(set).fieldManager("m").serverSideApply();
            assertThat(answer.getSpec()).isNull();
            assertThat(answer.getMetadata().getUid()).isNotEmpty();
            assertThat(answer.getMetadata().getManagedFields()).isEmpty();
            StatefulSet stored =
                    world.admin().apps().statefulSets().withName("s").get();
            assertThat(stored.getSpec().getServiceName()).isEqualTo("service");
            assertThat(stored.getMetadata().getManagedFields()).isNotEmpty();
        }
    }
}
