package io.shardeddb.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that operators of a database read knows every condition and reason that there is, and no other. */
final class OperationsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "operations.md");

    private static List<String> rowsOf(String heading) throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("\n## " + heading) + 1);
        section = section.substring(0, section.indexOf("\n## ", 1));
        return Pattern.compile("(?m)^\\| `([A-Za-z]+)` \\|")
                .matcher(section)
                .results()
                .map(MatchResult::group)
                .map(cell -> cell.replaceAll("[^A-Za-z]", ""))
                .toList();
    }

    @Test
    void namesEveryReasonOnceAndNoOther() throws IOException {
        assertThat(rowsOf("Reasons"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Reason.values()).map(Reason::name).toList());
    }

    @Test
    void namesEveryConditionOnceAndNoOther() throws IOException {
        assertThat(rowsOf("Conditions of a ShardedDatabase"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ConditionType.values())
                        .map(ConditionType::name)
                        .toList());
    }
}
