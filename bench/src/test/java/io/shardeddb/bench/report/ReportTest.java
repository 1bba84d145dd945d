package io.shardeddb.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.bench.compare.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {

    private static Result result(String work, double ratio) {
        return new Result(work, "operations/s", 1_000 * ratio, 1_000, ratio, ratio, ratio, 1.5, 3, null);
    }

    @Test
    void readsWhatItWrote(@TempDir Path folder) throws IOException {
        List<Result> results = List.of(result("inserts", 2), result("reads", 0.5));
        Path file = Files.writeString(folder.resolve("results.json"), ResultsJson.write(results));
        assertThat(ResultsJson.read(file)).isEqualTo(results);
    }

    @Test
    void writesTheMembersThatProgramsAskFor() {
        assertThat(ResultsJson.write(List.of(result("inserts", 2))))
                .contains(
                        "\"work\" : \"inserts\"",
                        "\"ours\" : 2000.0",
                        "\"peer\" : 1000.0",
                        "\"ratio\" : 2.0",
                        "\"floor\" : 1.5",
                        "\"met\" : true");
    }

    @Test
    void refusesAFileOfSomethingElse(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("x.json"), "[{\"name\":1}]");
        assertThatThrownBy(() -> ResultsJson.read(file)).hasMessageContaining("needs work and ratio");
    }

    @Test
    void reportsOnlyRatiosThatChangedByMoreThanAFifth() {
        List<Result> before = List.of(result("a", 1), result("b", 1), result("c", 1), result("gone", 1));
        List<Result> now = List.of(result("a", 0.79), result("b", 1.19), result("c", 1.3), result("new", 1));
        assertThat(Guard.changes(before, now))
                .containsExactly(
                        "a: ratio 0.79, was 1.00 (worse by 21 %)",
                        "c: ratio 1.30, was 1.00 (better by 30 %)",
                        "gone: not measured in this run",
                        "new: not measured before");
    }

    @Test
    void marksWhatWasNotReached() {
        String table = Markdown.table("Galera", List.of(result("inserts", 1.2), result("reads", 4)));
        assertThat(table.lines())
                .contains(
                        "| inserts | 1,200 operations/s | 1,000 operations/s | 1.20 (1.20 to 1.20) | 1.5 | 3 | **not reached** |")
                .contains(
                        "| reads | 4,000 operations/s | 1,000 operations/s | 4.00 (4.00 to 4.00) | 1.5 | 3 | reached |");
    }

    @Test
    void drawsABarForEachValue() {
        String svg = BarChart.svg(
                "Inserts & more",
                "rows/s",
                List.of(new BarChart.Bar("ours", 0, 200, 150, 220), new BarChart.Bar("peer", 1, 100)));
        assertThat(svg)
                .startsWith("<svg")
                .endsWith("</svg>\n")
                .contains("Inserts &amp; more", ">ours<", ">200<", ">100<");
    }
}
