package io.shardeddb.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.Commands;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

final class ConnectionTest {

    private static final CommandSpec ROOT = Commands.spec();

    private static List<String> completed(Map<String, String> options, String... words) {
        return new Connection(options).completed(List.of(words), ROOT);
    }

    @Test
    void aCommandTakesOverWhatItHasAnOptionFor() {
        assertThat(completed(Map.of("--endpoint", "http://x"), "find", "people"))
                .containsExactly("find", "--endpoint=http://x", "people");
        assertThat(completed(Map.of("--endpoint", "http://x"), "kv", "get", "s", "k"))
                .containsExactly("kv", "get", "--endpoint=http://x", "s", "k");
        assertThat(completed(Map.of("--endpoint", "http://x"), "simulate")).containsExactly("simulate");
        assertThat(completed(Map.of("--namespace", "shop"), "status")).containsExactly("status", "--namespace=shop");
    }

    @Test
    void aCommandThatNamesAnotherDatabaseTakesOverNone() {
        assertThat(completed(Map.of("--endpoint", "http://x"), "find", "people", "-d", "shop"))
                .containsExactly("find", "people", "-d", "shop");
        assertThat(completed(Map.of("--timeout", "9"), "find", "people", "--endpoint=http://y"))
                .containsExactly("find", "--timeout=9", "people", "--endpoint=http://y");
    }
}
