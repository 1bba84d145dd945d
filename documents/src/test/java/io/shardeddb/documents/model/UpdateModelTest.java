package io.shardeddb.documents.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.shardeddb.documents.update.DocumentUpdate;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import io.shardeddb.testsupport.documents.UpdateModel;
import io.shardeddb.testsupport.documents.Values;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Updates change what the model says that they change, and are refused where it refuses them. */
class UpdateModelTest {

    private static final int SEEDS = 3_000;
    private static final int UPDATES = 10;

    @Test
    void everyUpdateChangesWhatItChangesInTheModel() {
        AtomicInteger changed = new AtomicInteger();
        Drawn.seeds(SEEDS).forEach(seed -> {
            RequestGenerator generator = new RequestGenerator(seed);
            for (long i = 0; i < UPDATES; i++) {
                Map<String, Object> document = generator.document(i);
                Map<String, Object> update = generator.update();
                Optional<Object> told = told(update, document);
                Optional<Object> is = is(update, document);
                if (!agree(told, is)) {
                    fail(
                            "seed %d: %s of %s must be %s and is %s",
                            seed,
                            RequestJson.of(update),
                            RequestJson.of(document),
                            told.map(RequestJson::of).orElse("refused"),
                            is.map(RequestJson::of).orElse("refused"));
                }
                changed.addAndGet(told.isPresent() && !Values.same(told.get(), document) ? 1 : 0);
            }
        });
        // Else it would say nothing of what changes.
        assertThat(changed.get()).isGreaterThan(Drawn.seeds(SEEDS).toArray().length);
    }

    private static boolean agree(Optional<Object> told, Optional<Object> is) {
        if (told.isPresent() && is.isPresent()) {
            return Values.same(told.get(), is.get());
        }
        return told.isEmpty() && is.isEmpty();
    }

    private static Optional<Object> told(Map<String, Object> update, Map<String, Object> document) {
        try {
            return Optional.of(UpdateModel.apply(update, document, false));
        } catch (UpdateModel.Refused e) {
            return Optional.empty();
        }
    }

    private static Optional<Object> is(Map<String, Object> update, Map<String, Object> document) {
        try {
            ObjectValue before = (ObjectValue) Drawn.engine(document);
            return Optional.of(
                    Drawn.model(DocumentUpdate.parse(Drawn.engine(update), DocumentValue.parse("{}"), List.of(), null)
                            .apply(before)
                            .orElse(before)));
        } catch (DatabaseException e) {
            return Optional.empty();
        }
    }
}
