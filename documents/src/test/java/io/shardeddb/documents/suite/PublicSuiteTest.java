package io.shardeddb.documents.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What the suite says is so, but for exceptions that are named with their reasons. An exception that holds is no
 * exception any more.
 */
class PublicSuiteTest {

    private static final double LEAST_RATE = 0.95;

    private final Map<String, SuiteCase> failing = new LinkedHashMap<>();
    private final Set<String> holding = new TreeSet<>();

    private void judge() {
        for (String file : List.of("filters.txt", "updates.txt", "sorts.txt", "projections.txt")) {
            for (SuiteCase each : SuiteCase.of(file)) {
                if (Judges.holds(each)) {
                    holding.add(each.toString());
                } else {
                    failing.put(each.toString(), each);
                }
            }
        }
    }

    /** Lines such as {@code sorts.txt: order 1 ~ 2}, each below a line that begins with {@code because}. */
    private static Set<String> exceptions() {
        Set<String> named = new TreeSet<>();
        String reason = "";
        for (String line : SuiteCase.lines("exceptions.txt")) {
            if (line.startsWith("because ")) {
                reason = line;
            } else if (!line.isBlank() && !line.startsWith("#")) {
                assertThat(reason).as("the reason of %s", line).isNotEmpty();
                assertThat(named.add(line)).as("%s stands there once", line).isTrue();
            }
        }
        return named;
    }

    @Test
    void whatTheSuiteSaysIsSoButForNamedExceptions() {
        judge();
        Set<String> exceptions = exceptions();
        List<String> unnamed = new ArrayList<>(failing.keySet());
        unnamed.removeAll(exceptions);
        assertThat(unnamed)
                .as("facts that do not hold, of %s", failing.size() + holding.size())
                .isEmpty();
        Set<String> needless = new TreeSet<>(exceptions);
        needless.removeAll(failing.keySet());
        assertThat(needless).as("exceptions that hold, or are no facts").isEmpty();
        assertThat(holding.size()).isGreaterThan((int) (LEAST_RATE * (holding.size() + failing.size())));
    }
}
