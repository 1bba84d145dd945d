package io.shardeddb.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.local.tree.Tree;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    @Test
    void expandsKnownNamesOnly() {
        Map<String, String> known = Map.of("A", "1", "B", "two");
        assertThat(Environment.expand("$(A)-$(B)-$(C)-$$(A)-$(", known)).isEqualTo("1-two-$(C)-$(A)-$(");
    }

    @Test
    void readsFieldsOfThePod() {
        var pod = Tree.parseOwn("""
                {"metadata": {"name": "p", "labels": {"a.b/c": "x"}}, "status": {"podIP": "127.0.1.2"}}
                """);
        assertThat(Environment.field(pod, "metadata.name")).isEqualTo("p");
        assertThat(Environment.field(pod, "metadata.labels['a.b/c']")).isEqualTo("x");
        assertThat(Environment.field(pod, "status.podIP")).isEqualTo("127.0.1.2");
        assertThat(Environment.field(pod, "metadata.namespace")).isEmpty();
    }

    @Test
    void roundsQuantitiesUp() {
        assertThat(Quantity.whole("64Mi")).isEqualTo("67108864");
        assertThat(Quantity.whole("1500m")).isEqualTo("2");
        assertThat(Quantity.whole("2")).isEqualTo("2");
    }

    @Test
    void findsTheRepositoryOfAnImage() {
        assertThat(Launcher.repository("mariadb:11.4")).isEqualTo("mariadb");
        assertThat(Launcher.repository("docker.io/library/mysql")).isEqualTo("mysql");
        assertThat(Launcher.repository("localhost:5000/a/b:1@sha256:00")).isEqualTo("localhost:5000/a/b");
    }

    @Test
    void startsAtOnceAfterTheFirstEndAndLaterAfterMore() {
        RestartDelay delay = new RestartDelay();
        assertThat(delay.next(Duration.ofMillis(10))).isZero();
        assertThat(delay.next(Duration.ofMillis(10))).isEqualTo(Duration.ofSeconds(1));
        assertThat(delay.next(Duration.ofMillis(10))).isEqualTo(Duration.ofSeconds(2));
        for (int i = 0; i < 40; i++) {
            delay.next(Duration.ZERO);
        }
        assertThat(delay.next(Duration.ZERO)).isEqualTo(Duration.ofSeconds(30));
        assertThat(delay.next(Duration.ofSeconds(11))).isZero();
    }
}
