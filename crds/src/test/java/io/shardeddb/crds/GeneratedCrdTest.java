package io.shardeddb.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CustomResourceInfo;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed CRDs are what the types say. {@code -Dcrds.write=true} writes them anew. */
final class GeneratedCrdTest {

    private static final Path COMMITTED = Path.of("src/main/resources/crds");

    @ParameterizedTest
    @ValueSource(classes = {ShardedDatabase.class, Shard.class})
    void committedYamlIsWhatTheTypesSay(Class<? extends CustomResource<?, ?>> type, @TempDir Path folder)
            throws IOException {
        CustomResourceInfo info = CustomResourceInfo.fromClass(type);
        new CRDGenerator()
                .withImplicitPreserveUnknownFields(false)
                .customResources(info)
                .inOutputDir(folder.toFile())
                .detailedGenerate();
        String name = info.crdName();
        String generated = Files.readString(folder.resolve(name + "-v1.yml"));
        Path committed = COMMITTED.resolve(name + ".yaml");
        if (Boolean.getBoolean("crds.write")) {
            Files.createDirectories(COMMITTED);
            Files.writeString(committed, generated);
        }
        assertThat(committed)
                .as("stale: run mvn test -pl crds -Dcrds.write=true and commit")
                .exists()
                .hasContent(generated);
    }
}
