package io.shardeddb.router.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.crds.catalog.Catalog;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A catalog's revision only grows, and only as far as an operator can count. */
final class CatalogMemoryTest {

    private final CatalogMemory memory = new CatalogMemory();

    private static String catalog(long revision) {
        return "{\"format\":1,\"database\":\"u\",\"revision\":" + revision + ",\"strategy\":\"Range\"}";
    }

    private long latest(long revision) {
        return Objects.requireNonNull(memory.latest("u", catalog(revision))).revision();
    }

    @Test
    void keepsTheNewest() {
        assertThat(latest(7)).isEqualTo(7);
        assertThat(memory.lower()).isZero();
        assertThat(latest(6)).isEqualTo(7);
        assertThat(memory.lower()).isEqualTo(6);
        assertThat(latest(Catalog.MOST_REVISION)).isEqualTo(Catalog.MOST_REVISION);
        assertThat(memory.lower()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Catalog.MOST_REVISION + 1, 0, -1})
    void believesNoRevisionThatNobodyCountsUpTo(long edited) {
        assertThat(latest(7)).isEqualTo(7);
        assertThatThrownBy(() -> memory.latest("u", catalog(edited)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("revision " + edited);
        assertThat(latest(8)).isEqualTo(8);
    }
}
