package io.shardeddb.documents.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.testsupport.documents.FilterModel;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Filters match what the model says that they match. */
class FilterModelTest {

    private static final int SEEDS = 1_000;
    private static final int DOCUMENTS = 12;
    private static final int FILTERS = 12;

    @Test
    void everyFilterMatchesAsInTheModel() {
        AtomicInteger matched = new AtomicInteger();
        Drawn.seeds(SEEDS).forEach(seed -> {
            RequestGenerator generator = new RequestGenerator(seed);
            List<Map<String, Object>> documents =
                    LongStream.range(0, DOCUMENTS).mapToObj(generator::document).toList();
            List<DocumentValue> same = documents.stream().map(Drawn::engine).toList();
            for (int i = 0; i < FILTERS; i++) {
                Map<String, Object> drawn = generator.filter();
                Filter filter = Filter.parse(Drawn.engine(drawn), new Place("filter"));
                for (int j = 0; j < DOCUMENTS; j++) {
                    boolean matches = FilterModel.matches(drawn, documents.get(j));
                    matched.addAndGet(matches ? 1 : 0);
                    if (filter.matches(same.get(j)) != matches) {
                        fail(
                                "seed %d: %s must match %s: %s",
                                seed, RequestJson.of(drawn), RequestJson.of(documents.get(j)), matches);
                    }
                }
            }
        });
        // Else it would say nothing of what matches.
        assertThat(matched.get()).isGreaterThan(Drawn.seeds(SEEDS).toArray().length * 10);
    }
}
