package io.shardeddb.router.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.router.keyvalue.expiry.Expiry;
import io.shardeddb.router.route.KeyRange;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scans, and how long keys live. */
class KeyScanTest {

    private static ByteString key(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static KeyScan scan(String prefix, @Nullable String from, @Nullable String to, int limit) {
        return new KeyScan(
                key(prefix), from == null ? null : key(from), to == null ? null : key(to), limit, true, null);
    }

    private static KeyScan.Judged live(String key) {
        return new KeyScan.Judged(new Entry(key(key), key("v"), "", null, null, 1), false);
    }

    private static KeyScan.Judged over(String key) {
        return new KeyScan.Judged(new Entry(key(key), key("v"), "", null, 5L, 1), true);
    }

    private static KeyScan.ShardPage page(boolean more, KeyScan.Judged... entries) {
        return new KeyScan.ShardPage(List.of(entries), more);
    }

    private static String keys(List<Entry> entries) {
        return String.join(
                " ", entries.stream().map(entry -> entry.key().toStringUtf8()).toList());
    }

    @Test
    void nothingBehindTheEndOfAShardThatHasMoreIsGiven() {
        KeyScan.Merged merged = scan("", null, null, 10)
                .merge(List.of(page(true, live("a"), over("c")), page(false, live("b"), live("d"))), 1_000);
        assertThat(keys(merged.live())).isEqualTo("a b");
        assertThat(keys(merged.over())).isEqualTo("c");
        assertThat(merged.more()).isTrue();
        assertThat(Objects.requireNonNull(merged.last()).toStringUtf8()).isEqualTo("c");
    }

    @Test
    void whatHasExpiredDoesNotCountForTheLimit() {
        List<KeyScan.ShardPage> pages = List.of(page(false, over("a"), live("b"), over("c"), live("d"), live("e")));
        KeyScan.Merged merged = scan("", null, null, 2).merge(pages, 1_000);
        assertThat(keys(merged.live())).isEqualTo("b d");
        assertThat(merged.more()).isTrue();
        assertThat(scan("", null, null, 3).merge(pages, 1_000).more()).isFalse();
    }

    @Test
    void anAnswerEndsAfterSoManyBytes() {
        KeyScan.Merged merged = scan("", null, null, 9).merge(List.of(page(false, live("a"), live("b"), live("c"))), 3);
        assertThat(keys(merged.live())).isEqualTo("a b");
        assertThat(merged.more()).isTrue();
    }

    @Test
    void aPrefixEndsWhereItsLastByteCanBeRaised() {
        KeyRange range = range(scan("ab", null, null, 1));
        assertThat(range.to()).isEqualTo(range(scan("ac", null, null, 1)).from());
        assertThat(range.toExclusive()).isTrue();
        ByteString highest = ByteString.copyFrom(new byte[] {-1, -1});
        assertThat(range(new KeyScan(highest, null, null, 1, true, null)).to()).isNull();
        assertThat(scan("b", null, "a", 1).range()).isNull();
        assertThat(range(scan("b", "bb", "bz", 1)).toExclusive()).isFalse();
    }

    private static KeyRange range(KeyScan scan) {
        return Objects.requireNonNull(scan.range());
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "0.5, 500", "0.0001, 1", "315360000, 315360000000", "1e2, 100000"})
    void aLifeIsInSeconds(String seconds, long millis) {
        assertThat(Expiry.millis(seconds)).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "315360001", "x", "", "NaN", "1e999999999", "1e-999999999"})
    void noOtherLifeIsTaken(String seconds) {
        assertThatThrownBy(() -> Expiry.millis(seconds)).isInstanceOf(DatabaseException.class);
    }

    @Test
    void aKeyIsOverFromItsMillisecondOn() {
        assertThat(Expiry.isOver(5L, 4)).isFalse();
        assertThat(Expiry.isOver(5L, 5)).isTrue();
        assertThat(Expiry.isOver(null, Long.MAX_VALUE)).isFalse();
    }
}
