package io.shardeddb.documents.pipeline;

import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.projection.Projection;
import io.shardeddb.documents.sort.DocumentSorter;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pipelines, projections and sorts make of documents. */
final class PipelineScriptTest {

    /** The documents of a script, which a command {@code given} sets. */
    private List<ObjectValue> documents = List.of();

    @ParameterizedTest
    @ValueSource(strings = {"pipeline.txt", "expressions.txt", "projection.txt", "sort.txt"})
    void run(String script) {
        Script.run(script, this::carryOut);
    }

    private String carryOut(Command command) {
        try {
            return switch (command.verb()) {
                case "given" -> given(command);
                case "pipeline" -> pipeline(command);
                case "value" -> value(command);
                case "project" -> project(command);
                case "sort" -> sort(command);
                default -> throw new IllegalArgumentException("no such verb: " + command.verb());
            };
        } catch (DatabaseException e) {
            return e.code() + " " + e.text();
        }
    }

    private String given(Command command) {
        documents = ((ArrayValue) DocumentValue.parse(command.text("documents")))
                .elements().stream().map(ObjectValue.class::cast).toList();
        return documents.size() + " documents";
    }

    private String pipeline(Command command) {
        Object json = CanonicalJson.parse(command.text("stages"));
        MemoryBudget budget = new MemoryBudget(command.number("memory", MemoryBudget.OF_A_REQUEST));
        List<ObjectValue> results = new ArrayList<>();
        Pipeline pipeline = Pipeline.parse(json, new Place("pipeline"));
        DocumentSink sink = pipeline.into(collecting(results), budget);
        int read = 0;
        boolean more = true;
        for (ObjectValue document : documents) {
            if (more && pipeline.filter().matches(document)) {
                read++;
                more = sink.accept(document);
            }
        }
        sink.end();
        return command.has("tell-read") ? read + " documents were read\n" + lines(results) : lines(results);
    }

    private static String value(Command command) {
        ObjectValue document =
                command.has("of") ? (ObjectValue) DocumentValue.parse(command.text("of")) : ObjectValue.EMPTY;
        Spot spot = Spot.of(ErrorCode.INVALID_PROJECTION, "projection");
        ObjectValue spec =
                ObjectValue.EMPTY.with("_id", DocumentValue.of(0L)).with("x", DocumentValue.parse(command.text("is")));
        DocumentValue result = Projection.parse(spec, spot).apply(document).get("x");
        return result == null ? "missing" : result.toJson();
    }

    private static String project(Command command) {
        Spot spot = Spot.of(ErrorCode.INVALID_PROJECTION, "projection");
        ObjectValue document = (ObjectValue) DocumentValue.parse(command.text("of"));
        return Projection.parse(DocumentValue.parse(command.text("by")), spot)
                .apply(document)
                .toJson();
    }

    private String sort(Command command) {
        MemoryBudget budget = new MemoryBudget(command.number("memory", MemoryBudget.OF_A_REQUEST));
        SortOrder order =
                SortOrder.parse(CanonicalJson.parse(command.text("by")), Spot.of(ErrorCode.INVALID_SORT, "sort"));
        DocumentSorter sorter = new DocumentSorter(order, command.number("limit", Long.MAX_VALUE), budget);
        documents.forEach(sorter::add);
        return lines(sorter.sorted());
    }

    private static DocumentSink collecting(List<ObjectValue> results) {
        return new DocumentSink() {
            @Override
            public boolean accept(ObjectValue document) {
                return results.add(document);
            }

            @Override
            public void end() {}
        };
    }

    private static String lines(List<ObjectValue> documents) {
        return documents.isEmpty()
                ? "no document"
                : documents.stream().map(DocumentValue::toJson).collect(Collectors.joining("\n"));
    }
}
