package io.shardeddb.cli.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.json.JsonText;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyPartTest {

    @Test
    void partsHoldEachKeyOnceAlsoInGapsAndOutside() {
        JsonNode shards = JsonText.value(
                "[{\"Stud_id_low\":8192,\"Shard_size\":4096},{\"Stud_id_low\":0,\"Shard_size\":4096}]", "shards");
        assertThat(KeyPart.along(shards))
                .containsExactly(new KeyPart(null, "8191", null, false), new KeyPart("8192", null, null, false));
    }

    @Test
    void oneShardOrNoneIsOnePart() {
        assertThat(KeyPart.along(JsonText.value("[{\"Stud_id_low\":0}]", "shards")))
                .isEqualTo(List.of(KeyPart.ALL));
        assertThat(KeyPart.along(JsonText.value("{}", "shards").path("none"))).isEqualTo(List.of(KeyPart.ALL));
    }

    @Test
    void aPartIsReadOnAndThenComplete() {
        KeyPart begun = KeyPart.ALL.readTo("abc");
        assertThat(begun).isEqualTo(new KeyPart(null, null, "abc", false));
        assertThat(begun.readTo(null).complete()).isTrue();
    }
}
