package io.shardeddb.architecture.english;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Where sentences begin and end, and what is no prose. */
final class ProseTest {

    private static List<String> texts(String markdown) {
        return Prose.sentences(markdown.lines().toList()).stream()
                .map(Prose.Sentence::text)
                .toList();
    }

    private static long words(String sentence) {
        return Prose.sentences(List.of(sentence)).getFirst().words();
    }

    @Test
    void sentencesEndAtAFullStopBeforeACapital() {
        assertThat(texts("A leader leads. It sends (and counts) entries! `mysqld` writes 1.5 rows. Is it so? Yes."))
                .containsExactly(
                        "A leader leads.",
                        "It sends (and counts) entries!",
                        "`mysqld` writes 1.5 rows.",
                        "Is it so?",
                        "Yes.");
    }

    @Test
    void closingMarksBelongToTheSentence() {
        assertThat(texts("**It is safe at once.** It says \"no.\" (It waits.) Then it goes on."))
                .containsExactly("**It is safe at once.**", "It says \"no.\"", "(It waits.)", "Then it goes on.");
    }

    @Test
    void aColonOrSemicolonEndsNoSentence() {
        assertThat(texts("It waits: one second; no more.")).hasSize(1);
    }

    @Test
    void aSentenceGoesOverLinesAndTellsItsFirst() {
        assertThat(Prose.sentences(List.of("# Title", "", "One line. A sentence", "over two lines. And a", "third.")))
                .containsExactly(
                        new Prose.Sentence(3, "One line."),
                        new Prose.Sentence(3, "A sentence over two lines."),
                        new Prose.Sentence(4, "And a third."));
    }

    @Test
    void itemsOfListsAreSentencesOfTheirOwn() {
        assertThat(texts("They are:\n- one\n- two, over\n  two lines\n  - and one below\n1. a step"))
                .containsExactly("They are:", "one", "two, over two lines", "and one below", "a step");
    }

    @Test
    void codeTablesHeadingsAndCommentsAreNoProse() {
        assertThat(texts("""
                        # A heading. Of two sentences.
                        <!-- A comment.
                        On two lines. -->
                        | A table. | Cells. |

                            code. More code.

                        ```
                        Fenced code. More.

                            Indented. In it.
                        ```
                        Prose.
                        """)).containsExactly("Prose.");
    }

    @Test
    void aLabelInBoldLettersIsNoSentence() {
        assertThat(texts("**Not taken.** Another way.")).containsExactly("Another way.");
        assertThat(texts("- **voters**: they vote")).containsExactly("they vote");
        assertThat(texts("**This is a sentence.** And one more.")).hasSize(2);
    }

    @Test
    void aPieceOfCodeIsOneWordAndOfALinkTheTextCounts() {
        assertThat(words("Run `sdb up a. B c` now.")).isEqualTo(3);
        assertThat(words("See [the page](docs/a.md) – and ![a picture](b.svg) it."))
                .isEqualTo(5);
        assertThat(words("Two `pieces` of `code`: four.")).isEqualTo(5);
    }
}
