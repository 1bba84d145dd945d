package io.shardeddb.cli.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PageSizeTest {

    @Test
    void shortRowsMakeItGrowToItsBoundByDoubling() {
        PageSize size = PageSize.first(500);
        assertThat(size.rows()).isEqualTo(64);
        size = size.after(64, 6_400);
        assertThat(size.rows()).isEqualTo(128);
        size = size.after(128, 12_800).after(256, 25_600);
        assertThat(size.rows()).isEqualTo(500);
    }

    @Test
    void longRowsMakeItShrinkAtOnce() {
        assertThat(new PageSize(500, 500).after(500, 500 << 20).rows()).isEqualTo(1);
        assertThat(new PageSize(500, 500).afterTooLong().rows()).isEqualTo(62);
        assertThat(new PageSize(2, 500).afterTooLong().rows()).isEqualTo(1);
    }

    @Test
    void aPageOfOneRowMayBeLonger() {
        assertThat(new PageSize(1, 500).bytes()).isGreaterThan(new PageSize(2, 500).bytes());
    }
}
