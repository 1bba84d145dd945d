package io.shardeddb.architecture.english;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.architecture.source.Sources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Documents are written in plain English: short sentences, and none of the words that are gone. */
final class PlainEnglishTest {

    private final Sources sources = Sources.ofThisRepository();

    private static String sentenceOf(int words) {
        return "A" + " b".repeat(words - 1) + ".";
    }

    @Test
    void everySentenceIsPlain() {
        List<String> faults = new ArrayList<>();
        for (Path file : sources.endingIn(".md")) {
            faults.addAll(PlainEnglish.faults(sources.name(file), sources.lines(file)));
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void sentencesAreShortOnAverage() {
        List<Prose.Sentence> sentences = sources.endingIn(".md").stream()
                .flatMap(file -> Prose.sentences(sources.lines(file)).stream())
                .toList();
        assertThat(sentences).hasSizeGreaterThan(500);
        assertThat(PlainEnglish.average(sentences))
                .as("words of a sentence, on average over all documents")
                .isLessThanOrEqualTo(PlainEnglish.AVERAGE_MAX);
    }

    @Test
    void aLongSentenceIsAFault() {
        assertThat(PlainEnglish.faults("a.md", List.of("", sentenceOf(35)))).isEmpty();
        assertThat(PlainEnglish.faults("a.md", List.of("", sentenceOf(36))))
                .singleElement()
                .asString()
                .startsWith("a.md:2: 36 words")
                .endsWith(sentenceOf(36));
    }

    @Test
    void aWordThatIsGoneIsAFaultInProseAndInTables() {
        assertThat(PlainEnglish.faults("a.md", List.of("It begins anew.")))
                .containsExactly("a.md:1: 'anew' is no word of ours, write 'again': It begins anew.");
        assertThat(PlainEnglish.faults("a.md", List.of("So this is what", "comes of it.")))
                .hasSize(1);
        assertThat(PlainEnglish.faults("a.md", List.of("| made Anew |", "# Made anew")))
                .hasSize(2);
        assertThat(PlainEnglish.faults("a.md", List.of("The option `--anew` renews it.", "", "    sdb anew")))
                .isEmpty();
    }

    @Test
    void aLineThatIsTooWideIsAFaultOutsideTablesAndCode() {
        String wide = "word ".repeat(26) + "word.";
        assertThat(PlainEnglish.faults("a.md", List.of(wide.substring(5)))).isEmpty();
        assertThat(PlainEnglish.faults("a.md", List.of(wide)))
                .singleElement()
                .asString()
                .startsWith("a.md:1: 135 columns");
        assertThat(PlainEnglish.faults("a.md", List.of("| " + wide + " |", "", "    " + wide)))
                .isEmpty();
    }

    @Test
    void theAverageIsOverSentences() {
        assertThat(PlainEnglish.average(Prose.sentences(List.of(sentenceOf(10) + " " + sentenceOf(30)))))
                .isEqualTo(20);
        assertThat(PlainEnglish.average(List.of())).isZero();
    }
}
