package io.shardeddb.architecture.english;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.architecture.source.Exceptions;
import io.shardeddb.architecture.source.JavaText;
import io.shardeddb.architecture.source.Sources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * Comments and messages of main code are plain English, like documents: short sentences, and none of the words that are
 * gone.
 */
final class JavaEnglishTest {

    private final Sources sources = Sources.ofThisRepository();

    private static List<Prose.Sentence> sentences(JavaText java) {
        return java.comments().stream()
                .flatMap(comment -> Prose.sentences(Javadoc.markdown(comment.lines())).stream()
                        .map(sentence -> new Prose.Sentence(comment.line() + sentence.line() - 1, sentence.text())))
                .toList();
    }

    private static List<String> longSentences(String name, JavaText java) {
        return sentences(java).stream()
                .flatMap(sentence -> PlainEnglish.tooLong(name, sentence).stream())
                .toList();
    }

    private static List<String> goneWords(String name, JavaText java) {
        List<String> faults = new ArrayList<>();
        sentences(java).forEach(sentence -> faults.addAll(PlainEnglish.gone(name, sentence.line(), sentence.text())));
        java.literals().forEach(literal -> faults.addAll(PlainEnglish.gone(name, literal.line(), literal.text())));
        return faults;
    }

    /** What a check finds in each file of main code; the findings go to the report of the test. */
    private Map<String, List<String>> found(BiFunction<String, JavaText, List<String>> check) {
        Map<String, List<String>> found = new TreeMap<>();
        for (Path file : sources.mainCode()) {
            String name = sources.name(file);
            found.put(name, check.apply(name, JavaText.of(sources.lines(file))));
        }
        return found;
    }

    private void assertHeld(String rule, String unit, Map<String, List<String>> found) {
        Map<String, Long> amounts = new TreeMap<>();
        found.forEach((name, faults) -> amounts.put(name, (long) faults.size()));
        List<String> faults = Exceptions.judge(sources, rule, unit, 0, amounts);
        assertThat(faults)
                .as(() -> "all of them, those with exceptions too:\n"
                        + String.join(
                                "\n",
                                found.values().stream().flatMap(List::stream).toList()))
                .isEmpty();
    }

    @Test
    void sentencesAreShort() {
        assertHeld("long-sentences", "sentences of more than 35 words", found(JavaEnglishTest::longSentences));
    }

    @Test
    void noWordIsUsedThatIsGone() {
        assertHeld("gone-words", "words that are gone", found(JavaEnglishTest::goneWords));
    }

    @Test
    void sentencesAreShortOnAverage() {
        List<Prose.Sentence> all = sources.mainCode().stream()
                .flatMap(file -> sentences(JavaText.of(sources.lines(file))).stream())
                .toList();
        assertThat(all).hasSizeGreaterThan(3000);
        assertThat(PlainEnglish.average(all))
                .as("words of a sentence, on average over all comments of main code")
                .isLessThanOrEqualTo(PlainEnglish.AVERAGE_MAX);
    }

    @Test
    void sentencesOfCommentsAreFoundWhereTheyBegin() {
        JavaText java = JavaText.of(List.of(
                "/**",
                " * Reads {@code a. B c} of",
                " * {@link Row rows}. It",
                " * ends.",
                " *",
                " * <p>More.",
                " * @param name what it is",
                " */",
                "// One thought",
                "// on two lines.",
                "int a; // Alone.",
                "// Another.",
                "String b = \"// no \\\" comment\";"));

        assertThat(sentences(java))
                .containsExactly(
                        new Prose.Sentence(2, "Reads `a. B c` of rows."),
                        new Prose.Sentence(3, "It ends."),
                        new Prose.Sentence(6, "More."),
                        new Prose.Sentence(7, "what it is"),
                        new Prose.Sentence(9, "One thought on two lines."),
                        new Prose.Sentence(11, "Alone."),
                        new Prose.Sentence(12, "Another."));
        assertThat(java.literals()).containsExactly(new JavaText.Literal(13, "// no \\\" comment"));
    }

    @Test
    void aLongSentenceIsAFault() {
        List<String> comment = List.of("/** A" + " b".repeat(34) + ". */", "/** A" + " b".repeat(35) + ". */");

        assertThat(longSentences("A.java", JavaText.of(comment)))
                .singleElement()
                .asString()
                .startsWith("A.java:2: 36 words");
    }

    @Test
    void aGoneWordIsAFaultInCommentsAndMessages() {
        assertThat(goneWords("A.java", JavaText.of(List.of("// Begins anew.", "say(\"begin anew\", '\"');"))))
                .containsExactly(
                        "A.java:1: 'anew' is no word of ours, write 'again': Begins anew.",
                        "A.java:2: 'anew' is no word of ours, write 'again': begin anew");
    }
}
