package io.shardeddb.documents.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.value.DocumentRules;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What holds for every update and every sort, of drawn documents. */
final class UpdatePropertiesTest {

    private static final int SEEDS = 1_000;
    private static final Set<String> SAME_WHEN_REPEATED =
            Set.of("$set", "$unset", "$min", "$max", "$addToSet", "$pull", "$pullAll", "$setOnInsert");

    @Test
    void aChangedDocumentCanBeStoredAndKeepsItsId() {
        int changed = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            RequestGenerator generator = new RequestGenerator(seed);
            ObjectValue document = value(generator.document(seed));
            ObjectValue update = value(generator.update());
            Optional<ObjectValue> result = apply(update, document);
            if (result.isPresent()) {
                changed++;
                assertThat(result.get()).isNotEqualTo(document);
                assertThat(result.get().get("_id")).isEqualTo(document.get("_id"));
                DocumentRules.storable(result.get(), new Place("result"));
                assertThat(DocumentValue.parse(result.get().toJson())).isEqualTo(result.get());
                if (SAME_WHEN_REPEATED.containsAll(update.members().keySet())) {
                    assertThat(apply(update, result.get()))
                            .as("seed %d: %s twice on %s", seed, update.toJson(), document.toJson())
                            .isEmpty();
                }
            }
        }
        // Else it would say nothing of changes.
        assertThat(changed).isGreaterThan(SEEDS / 10);
    }

    @Test
    void aSortIsATotalOrder() {
        for (long seed = 0; seed < SEEDS; seed++) {
            RequestGenerator generator = new RequestGenerator(seed);
            SortOrder order = SortOrder.parse(
                    CanonicalJson.parse(RequestJson.of(generator.sort())), Spot.of(ErrorCode.INVALID_SORT, "sort"));
            List<SortOrder.Key> keys = LongStream.range(0, 6)
                    .mapToObj(id -> order.key(value(generator.document(id))))
                    .toList();
            for (int a = 0; a < keys.size(); a++) {
                for (int b = 0; b < keys.size(); b++) {
                    int compared = order.compare(keys.get(a), keys.get(b));
                    assertThat(Integer.signum(order.compare(keys.get(b), keys.get(a))))
                            .isEqualTo(-Integer.signum(compared));
                    assertThat(compared == 0).isEqualTo(a == b);
                    for (SortOrder.Key third : keys) {
                        if (compared < 0 && order.compare(keys.get(b), third) < 0) {
                            assertThat(order.compare(keys.get(a), third)).isNegative();
                        }
                    }
                }
            }
        }
    }

    private static Optional<ObjectValue> apply(ObjectValue update, ObjectValue document) {
        try {
            return DocumentUpdate.parse(update, ObjectValue.EMPTY, List.of(), null)
                    .apply(document);
        } catch (DatabaseException refused) {
            assertThat(refused.code())
                    .isIn(ErrorCode.UPDATE_FAILED, ErrorCode.INVALID_UPDATE, ErrorCode.INVALID_DOCUMENT);
            assertThat(refused.details()).containsKey("at");
            return Optional.empty();
        }
    }

    private static ObjectValue value(Map<String, Object> drawn) {
        return (ObjectValue) DocumentValue.parse(RequestJson.of(drawn));
    }
}
