package io.shardeddb.architecture.english;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.architecture.source.Sources;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The glossary has each term once, and names types that exist. */
final class GlossaryTest {

    private static final Pattern CODE = Pattern.compile("`([A-Z][A-Za-z]+)`");

    private final Sources sources = Sources.ofThisRepository();

    /** The cells of each line of the tables, without headings. */
    private List<List<String>> rows() {
        return sources.lines(sources.root().resolve("docs").resolve("glossary.md")).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| term |"))
                .map(line -> Arrays.stream(line.substring(2, line.length() - 2).split(" \\| ", -1))
                        .toList())
                .toList();
    }

    @Test
    void eachTermIsExplainedOnce() {
        assertThat(rows())
                .hasSizeGreaterThan(20)
                .allSatisfy(row ->
                        assertThat(row).as("term, meaning, where").hasSize(3).noneMatch(String::isBlank));
        assertThat(rows().stream().map(List::getFirst).flatMap(term -> Arrays.stream(term.split(", ", -1))))
                .doesNotHaveDuplicates();
    }

    @Test
    void theTypesThatItNamesExist() {
        List<String> types = rows().stream()
                .map(List::getLast)
                .flatMap(place -> CODE.matcher(place).results().map((MatchResult type) -> type.group(1)))
                .toList();
        assertThat(types)
                .isNotEmpty()
                .allSatisfy(type -> assertThat(sources.endingIn("/" + type + ".java"))
                        .as(type)
                        .isNotEmpty());
    }
}
