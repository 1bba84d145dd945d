package io.shardeddb.documents.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.ValueOrder;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import io.shardeddb.testsupport.documents.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Values are ordered as the model orders them. */
class ValueModelTest {

    private static final int SEEDS = 300;

    @Test
    void everyPairOfValuesIsOrderedAsInTheModel() {
        Drawn.seeds(SEEDS).forEach(seed -> {
            List<Object> values = new ArrayList<>();
            RequestGenerator generator = new RequestGenerator(seed);
            for (long i = 0; i < 8; i++) {
                Map<String, Object> document = generator.document(i);
                values.add(document);
                values.addAll(document.values());
            }
            List<DocumentValue> same = values.stream().map(Drawn::engine).toList();
            for (int i = 0; i < values.size(); i++) {
                for (int j = 0; j < values.size(); j++) {
                    if (Integer.signum(ValueOrder.compare(same.get(i), same.get(j)))
                            != Integer.signum(Values.compare(values.get(i), values.get(j)))) {
                        fail("seed %d: %s and %s", seed, RequestJson.of(values.get(i)), RequestJson.of(values.get(j)));
                    }
                }
            }
        });
    }

    @Test
    void aValueComesBackFromItsText() {
        Drawn.seeds(SEEDS).forEach(seed -> {
            Map<String, Object> document = new RequestGenerator(seed).document(seed);
            assertThat(Values.same(Drawn.model(Drawn.engine(document)), document))
                    .as("seed %d: %s", seed, RequestJson.of(document))
                    .isTrue();
        });
    }
}
