package io.shardeddb.local.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DuplicateFieldsTest {

    private static List<String> find(String body) {
        return DuplicateFields.find(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void namesEachWithItsPath() {
        assertThat(find("{\"spec\":{\"a\":1,\"b\":[{\"c\":1},{\"c\":1,\"d\":2,\"c\":3}],\"a\":2}}"))
                .containsExactly("duplicate field \"spec.b[1].c\"", "duplicate field \"spec.a\"");
    }

    @Test
    void sameNamesInDifferentPlacesAreNone() {
        assertThat(find("{\"a\":{\"b\":1},\"c\":{\"b\":1},\"l\":[[{\"b\":1}],{\"b\":2},\"b\"]}"))
                .isEmpty();
        assertThat(find("no body")).isEmpty();
        assertThat(find("{\"a\":")).isEmpty();
    }
}
