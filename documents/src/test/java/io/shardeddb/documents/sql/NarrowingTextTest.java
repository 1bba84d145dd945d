package io.shardeddb.documents.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What shards are told of a filter. */
final class NarrowingTextTest {

    private static Filter filter(String json) {
        return Filter.parse(DocumentValue.parse(json), new Place("filter"));
    }

    private static String text(String json) {
        return NarrowingText.of(filter(json));
    }

    @Test
    void itMatchesWhateverTheFilterMatches() {
        RequestGenerator generator = new RequestGenerator(41);
        List<DocumentValue> documents = new ArrayList<>();
        for (long id = 0; id < 100; id++) {
            documents.add(DocumentValue.parse(RequestJson.of(generator.document(id))));
        }
        int narrowing = 0;
        for (int i = 0; i < 2_000; i++) {
            String json = RequestJson.of(generator.filter());
            String text = text(json);
            if (!text.isEmpty()) {
                narrowing++;
                Filter weaker = filter(text);
                assertThat(documents)
                        .as("%s as %s", json, text)
                        .filteredOn(filter(json)::matches)
                        .allMatch(weaker::matches);
            }
        }
        assertThat(narrowing).isGreaterThan(1_000);
    }

    @Test
    void itNarrowsAsMuchAsTheFilter() {
        RequestGenerator generator = new RequestGenerator(42);
        for (int i = 0; i < 1_000; i++) {
            String json = RequestJson.of(generator.filter());
            String text = text(json);
            Narrowing whole = Narrowing.of(filter(json), "`doc`");
            assertThat(text.isEmpty() ? "" : Narrowing.of(filter(text), "`doc`").condition())
                    .as("%s as %s", json, text)
                    .hasSameSizeAs(whole.condition());
        }
    }

    @Test
    void itHasOnlyWhatCanNarrow() {
        assertThat(text("{}")).isEmpty();
        assertThat(text("{\"a\":{\"$ne\":1}}")).isEmpty();
        assertThat(text("{\"a\":{\"b\":1}}")).isEmpty();
        assertThat(text("{\"$or\":[{\"a\":1},{\"b\":{\"$ne\":1}}]}")).isEmpty();
        assertThat(text("{\"a\":{\"$gt\":1,\"$ne\":5},\"b\":{\"$regex\":\"x\"},\"$nor\":[{\"c\":1}]}"))
                .isEqualTo("{\"$and\":[{\"a\":{\"$gt\":1}},{\"b\":{\"$type\":\"string\"}}]}");
        assertThat(text("{\"a\":\"" + "x".repeat(NarrowingText.MAX_CHARACTERS) + "\"}"))
                .isEmpty();
    }
}
