package io.shardeddb.router.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ContentHashTest {
    private static long hash(String what, String body) {
        return ContentHash.of(what, body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void isThatOfTheValuesNotOfTheirPlaces() {
        assertThat(hash("insert t", "{\"rows\":[{\"a\":1,\"b\":\"x\"}]}"))
                .isEqualTo(hash("insert t", "{ \"rows\": [ {\"b\":\"x\",\"a\":1.0} ] }"));
    }

    @Test
    void differsWithEachValueAndWithWhatIsDone() {
        long one = hash("insert t", "{\"a\":1}");
        assertThat(one).isNotEqualTo(hash("insert t", "{\"a\":\"1\"}"));
        assertThat(one).isNotEqualTo(hash("insert t", "{\"a\":2}"));
        assertThat(one).isNotEqualTo(hash("insert t", "{\"a\":null}"));
        assertThat(one).isNotEqualTo(hash("insert t", "{\"b\":1}"));
        assertThat(one).isNotEqualTo(hash("upsert t", "{\"a\":1}"));
        assertThat(hash("t", "[[1],2]")).isNotEqualTo(hash("t", "[[1,2]]"));
    }

    @Test
    void isNeverZeroAndOfAnyBytes() {
        assertThat(hash("delete t 5", "")).isNotZero();
        assertThat(hash("insert t", "no json")).isNotZero().isNotEqualTo(hash("insert t", "no jsom"));
    }
}
