package io.shardeddb.documents.model;

import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.testsupport.documents.RequestJson;
import io.shardeddb.testsupport.documents.Values;
import java.util.stream.LongStream;

/** Seeds to draw requests from, and values of the model as values of the engine. */
final class Drawn {

    /** Seeds of a run. {@code -Ddocuments.seed=N} runs one alone, as a failure names it. */
    static LongStream seeds(int count) {
        Long one = Long.getLong("documents.seed");
        return one == null ? LongStream.range(0, count) : LongStream.of(one);
    }

    private Drawn() {}

    static DocumentValue engine(Object value) {
        return DocumentValue.parse(RequestJson.of(value));
    }

    static Object model(DocumentValue value) {
        return Values.of(CanonicalJson.parse(value.toJson()));
    }
}
