package io.shardeddb.documents.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.pipeline.DocumentSink;
import io.shardeddb.documents.pipeline.Pipeline;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.testsupport.documents.CollectionModel;
import io.shardeddb.testsupport.documents.PipelineModel;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import io.shardeddb.testsupport.documents.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pipelines give what they give in the model, in any order that the pipeline leaves open. */
class PipelineModelTest {

    private static final int SEEDS = 3_000;
    private static final long MEMORY = 64L << 20;

    @Test
    void everyPipelineGivesWhatItGivesInTheModel() {
        Drawn.seeds(SEEDS).forEach(seed -> {
            RequestGenerator generator = new RequestGenerator(seed);
            CollectionModel model = new CollectionModel();
            for (long id = 0; id < 12; id++) {
                model.put(generator.document(id));
            }
            List<Map<String, Object>> stages = generator.pipeline();
            List<Object> is = inOrder(run(RequestJson.of(stages), model.all()));
            List<Object> told = inOrder(PipelineModel.run(stages, model.all()));
            assertThat(Values.same(is, told))
                    .as(
                            "seed %d: %s of %s must be %s and is %s",
                            seed,
                            RequestJson.of(stages),
                            RequestJson.of(model.all()),
                            RequestJson.of(told),
                            RequestJson.of(is))
                    .isTrue();
        });
    }

    private static List<Object> inOrder(List<? extends Object> documents) {
        return new ArrayList<>(documents.stream().sorted(Values::compare).toList());
    }

    private static List<Object> run(String stages, List<Map<String, Object>> documents) {
        Pipeline pipeline = Pipeline.parse(CanonicalJson.parse(stages), new Place("pipeline"));
        List<Object> results = new ArrayList<>();
        DocumentSink into = pipeline.into(
                new DocumentSink() {
                    @Override
                    public boolean accept(ObjectValue document) {
                        results.add(Drawn.model(document));
                        return true;
                    }

                    @Override
                    public void end() {}
                },
                new MemoryBudget(MEMORY));
        boolean more = true;
        for (Map<String, Object> document : documents) {
            ObjectValue value = (ObjectValue) Drawn.engine(document);
            if (more && pipeline.filter().matches(value)) {
                more = into.accept(value);
            }
        }
        into.end();
        return results;
    }
}
