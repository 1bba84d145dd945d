package io.shardeddb.documents.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.documents.value.ValueOrder;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * What the suite says is so, but for exceptions that are named with their reasons. An exception that holds is no
 * exception any more.
 */
class PublicSuiteTest {

    private static final double LEAST_RATE = 0.95;
    private static final int REFUSED = -1;

    /** Tells of each kind of fact whether one holds. */
    private static final Map<String, Predicate<SuiteCase>> JUDGES = Map.of(
            "filters.txt match", each -> matching(each, 0, List.of(each.value(1))) == 1,
            "filters.txt nomatch", each -> matching(each, 0, List.of(each.value(1))) == 0,
            "filters.txt invalid", each -> matching(each, 0, List.of(each.value(1))) == REFUSED,
            "filters.txt count", PublicSuiteTest::counts,
            "sorts.txt order", each -> ValueOrder.compare(each.value(0), each.value(1)) < 0);

    /** How many documents the filter matches that stands in a part. */
    private static int matching(SuiteCase each, int part, List<DocumentValue> documents) {
        try {
            Filter filter = Filter.parse(each.value(part), new Place("filter"));
            return (int) documents.stream().filter(filter::matches).count();
        } catch (DatabaseException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_FILTER);
            return REFUSED;
        }
    }

    private static boolean counts(SuiteCase each) {
        // The number stands in front of the filter.
        String[] words = each.parts().getFirst().split(" ", 2);
        SuiteCase rest = new SuiteCase(each.file(), each.line(), each.verb(), List.of(words[1]));
        List<DocumentValue> documents = ((DocumentValue.ArrayValue) each.value(1)).elements();
        return matching(rest, 0, documents) == Integer.parseInt(words[0]);
    }

    private final Map<String, SuiteCase> failing = new LinkedHashMap<>();
    private final Set<String> holding = new TreeSet<>();

    private void judge() {
        for (String file : List.of("filters.txt", "updates.txt", "sorts.txt", "projections.txt")) {
            for (SuiteCase each : SuiteCase.of(file)) {
                Predicate<SuiteCase> judge = JUDGES.get(file + " " + each.verb());
                if (judge != null && judge.test(each)) {
                    holding.add(each.toString());
                } else if (judge != null) {
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
