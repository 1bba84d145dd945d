package io.shardeddb.local.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.tree.Tree;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SelectorTest {
    private static final JsonNode OBJECT = Tree.parseOwn("""
            {"metadata": {"name": "n", "labels": {"app": "web", "tier": "front"}},
             "spec": {"nodeName": "local", "ports": [{"port": 80, "name": "x"}]},
             "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
            """);

    private static boolean selects(String labels, String fields) {
        return Selector.of(labels, fields).test(OBJECT);
    }

    @Test
    void understandsEveryLabelRequirement() {
        assertThat(selects("app=web,tier==front", "")).isTrue();
        assertThat(selects("app!=web", "")).isFalse();
        assertThat(selects("other!=x", "")).isTrue();
        assertThat(selects("app in (web, db),tier notin (back)", "")).isTrue();
        assertThat(selects("app notin (web)", "")).isFalse();
        assertThat(selects("app,!missing", "")).isTrue();
        assertThat(selects("!app", "")).isFalse();
        assertThatThrownBy(() -> selects("a b c", "")).isInstanceOf(ApiException.class);
    }

    @Test
    void comparesFields() {
        assertThat(selects("", "metadata.name=n,spec.nodeName=local")).isTrue();
        assertThat(selects("", "spec.nodeName!=local")).isFalse();
        assertThat(selects("", "status.phase!=Failed")).isTrue();
    }

    @Test
    void followsPrinterColumnPaths() {
        assertThat(JsonPaths.first(OBJECT, ".status.conditions[?(@.type==\"Ready\")].status")
                        .asText())
                .isEqualTo("True");
        assertThat(JsonPaths.first(OBJECT, ".spec.ports[0].port").asInt()).isEqualTo(80);
        assertThat(JsonPaths.first(OBJECT, ".metadata.labels['app']").asText()).isEqualTo("web");
        assertThat(JsonPaths.first(OBJECT, ".spec.nothing.at.all").isMissingNode())
                .isTrue();
    }

    @Test
    void writesAgesForPeople() {
        assertThat(Column.duration(Duration.ofSeconds(90))).isEqualTo("90s");
        assertThat(Column.duration(Duration.ofSeconds(200))).isEqualTo("3m20s");
        assertThat(Column.duration(Duration.ofMinutes(45))).isEqualTo("45m");
        assertThat(Column.duration(Duration.ofHours(5))).isEqualTo("5h");
        assertThat(Column.duration(Duration.ofDays(9))).isEqualTo("9d");
    }
}
