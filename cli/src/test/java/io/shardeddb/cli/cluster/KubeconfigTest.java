package io.shardeddb.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KubeconfigTest {

    @TempDir
    private Path folder;

    private Path file(String name, String current, String... contexts) throws IOException {
        StringBuilder text = new StringBuilder(
                "apiVersion: v1\nkind: Config\ncurrent-context: \"" + current + "\"\n"
                        + "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\nusers: [{name: u, user: {}}]\ncontexts:\n");
        for (String context : contexts) {
            text.append("- {name: ").append(context).append(", context: {cluster: c, user: u, namespace: ns-");
            text.append(context).append("}}\n");
        }
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void takesTheCurrentContextAndItsNamespace() throws IOException {
        Kubeconfig found = Kubeconfig.of(file("a", "two", "one", "two"), null);
        assertThat(found.context()).isEqualTo("two");
        assertThat(found.namespace()).isEqualTo("ns-two");
    }

    @Test
    void looksThroughTheFilesOfTheEnvironmentInOrder() throws IOException {
        String list = file("a", "one", "one")
                + File.pathSeparator
                + folder.resolve("missing")
                + File.pathSeparator
                + file("b", "three", "two", "three");
        assertThat(Kubeconfig.find(null, list).context()).isEqualTo("one");
        assertThat(Kubeconfig.find("two", list).file()).isEqualTo(folder.resolve("b"));
    }

    @Test
    void namesTheContextsThereAre() throws IOException {
        Path file = file("a", "", "one", "two");
        assertThatThrownBy(() -> Kubeconfig.of(file, "three")).hasMessageContaining("it has [one, two]");
        assertThatThrownBy(() -> Kubeconfig.of(file, null)).hasMessageContaining("no current context");
    }
}
