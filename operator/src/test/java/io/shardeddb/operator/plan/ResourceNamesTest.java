package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ResourceNamesTest {

    @Test
    void sanitisesNamesAsGiven() {
        assertThat(ResourceNames.assign("db", List.of("Server[5]", "Server4"), Map.of()))
                .isEqualTo(Map.of("Server[5]", "db-server-5", "Server4", "db-server4"));
    }

    @Test
    void givesTheSecondOfTwoEqualNamesAHash() {
        Map<String, String> names = ResourceNames.assign("db", List.of("S-1", "S_1"), Map.of());
        assertThat(names.get("S-1")).isEqualTo("db-s-1");
        assertThat(names.get("S_1")).startsWith("db-s-1-").hasSize("db-s-1-".length() + 8);
    }

    @Test
    void keepsTheNameOfWhatExists() {
        assertThat(ResourceNames.assign("db", List.of("a", "A"), Map.of("A", "db-a"))
                        .get("A"))
                .isEqualTo("db-a");
    }

    @Test
    void cutsLongNames() {
        String name = ResourceNames.assign("database", List.of("x".repeat(63)), Map.of())
                .get("x".repeat(63));
        assertThat(name).hasSizeLessThanOrEqualTo(50).matches("[a-z0-9-]+[a-z0-9]");
    }
}
