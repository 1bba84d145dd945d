package io.shardeddb.cli.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class TableTextTest {

    private static JsonNode table(String rows) throws IOException {
        return new ObjectMapper().readTree("""
                {"columnDefinitions": [{"name": "Name"}, {"name": "Ready"}, {"name": "Node", "priority": 1}],
                 "rows": [%s]}
                """.formatted(rows));
    }

    private static String row(String name, String node) {
        return """
                {"cells": ["%s", true, %s], "object": {"metadata": {"namespace": "shops"}}}""".formatted(name, node);
    }

    @Test
    void leavesLessImportantColumnsToTheWideForm() throws IOException {
        JsonNode table = table(row("a", "\"n1\"") + "," + row("longer", "null"));
        assertThat(new TableText(false, false).of(table)).isEqualTo("""
                NAME     READY
                a        true
                longer   true
                """);
        assertThat(new TableText(true, false).of(table)).isEqualTo("""
                NAME     READY   NODE
                a        true    n1
                longer   true    <none>
                """);
    }

    @Test
    void keepsHeadingAndWidthsWhileChangesArrive() throws IOException {
        TableText text = new TableText(false, true);
        assertThat(text.of(table(row("longer", "null")))).isEqualTo("""
                NAMESPACE   NAME     READY
                shops       longer   true
                """);
        assertThat(text.of(table(row("a", "null")))).isEqualTo("shops       a        true\n");
    }
}
