package io.shardeddb.documents.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.projection.Projection;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.testsupport.documents.CollectionModel;
import io.shardeddb.testsupport.documents.ProjectionModel;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import io.shardeddb.testsupport.documents.Values;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Documents are sorted and projected as in the model. */
class SortModelTest {

    private static final int SEEDS = 1_000;

    @Test
    void everySortOrdersAsInTheModel() {
        Drawn.seeds(SEEDS).forEach(seed -> {
            RequestGenerator generator = new RequestGenerator(seed);
            CollectionModel model = new CollectionModel();
            for (long id = 0; id < 12; id++) {
                model.put(generator.document(id));
            }
            Map<String, Object> sort = generator.sort();
            SortOrder order =
                    SortOrder.parse(CanonicalJson.parse(RequestJson.of(sort)), Spot.of(ErrorCode.INVALID_SORT, "sort"));
            List<Object> is = model.all().stream()
                    .map(each -> (ObjectValue) Drawn.engine(each))
                    .sorted(order.comparator())
                    .map(each -> Drawn.model(Objects.requireNonNull(each.get("_id"))))
                    .toList();
            List<Object> told = model.find(Map.of(), sort).stream()
                    .map(each -> each.get("_id"))
                    .toList();
            assertThat(is)
                    .as("seed %d: %s of %s", seed, RequestJson.of(sort), RequestJson.of(model.all()))
                    .isEqualTo(told);
        });
    }

    @Test
    void everyProjectionLeavesWhatItLeavesInTheModel() {
        Drawn.seeds(SEEDS).forEach(seed -> {
            RequestGenerator generator = new RequestGenerator(seed);
            Map<String, Object> document = generator.document(seed);
            Map<String, Object> drawn = generator.projection();
            Projection projection =
                    Projection.parse(Drawn.engine(drawn), Spot.of(ErrorCode.INVALID_PROJECTION, "projection"));
            Object is = Drawn.model(projection.apply((ObjectValue) Drawn.engine(document)));
            assertThat(Values.same(is, ProjectionModel.project(drawn, document)))
                    .as(
                            "seed %d: %s of %s gave %s",
                            seed, RequestJson.of(drawn), RequestJson.of(document), RequestJson.of(is))
                    .isTrue();
        });
    }
}
