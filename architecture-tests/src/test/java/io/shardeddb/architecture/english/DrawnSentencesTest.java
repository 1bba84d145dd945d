package io.shardeddb.architecture.english;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is drawn depends on the seed. */
final class DrawnSentencesTest {

    private final List<String> sentences =
            IntStream.range(0, 1000).mapToObj(Integer::toString).toList();

    @Test
    void aSeedDrawsTheSameThirtyAgain() {
        List<String> drawn = DrawnSentences.draw(sentences, 7);

        assertThat(drawn).hasSize(30).doesNotHaveDuplicates().isSubsetOf(sentences);
        assertThat(DrawnSentences.draw(sentences, 7)).isEqualTo(drawn);
        assertThat(DrawnSentences.draw(sentences, 8)).isNotEqualTo(drawn);
    }

    @Test
    void fewerSentencesAreAllDrawn() {
        assertThat(DrawnSentences.draw(List.of("a", "b"), 1)).containsExactlyInAnyOrder("a", "b");
    }
}
