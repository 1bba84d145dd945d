package io.shardeddb.documents.update;

import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What updates make of documents. */
final class UpdateScriptTest {

    @ParameterizedTest
    @ValueSource(strings = {"update.txt", "update-arrays.txt", "update-refused.txt", "upsert.txt"})
    void run(String script) {
        Script.run(script, UpdateScriptTest::carryOut);
    }

    private static String carryOut(Command command) {
        DocumentValue document = value(command, "of", ObjectValue.EMPTY);
        try {
            DocumentValue filters = value(command, "array-filters", new ArrayValue(List.of()));
            String shardKey = command.text("shard-key", "");
            DocumentUpdate update = DocumentUpdate.parse(
                    DocumentValue.parse(command.text("by")),
                    value(command, "filter", ObjectValue.EMPTY),
                    ((ArrayValue) filters).elements(),
                    shardKey.isEmpty() ? null : DocumentPath.of(shardKey));
            if (command.verb().equals("upsert")) {
                return update.insert(() -> DocumentValue.of("new")).toJson();
            }
            return update.apply((ObjectValue) document)
                    .map(DocumentValue::toJson)
                    .orElse("nothing changes");
        } catch (DatabaseException e) {
            return e.code() + " " + e.text();
        }
    }

    private static DocumentValue value(Command command, String name, DocumentValue otherwise) {
        return command.has(name) ? DocumentValue.parse(command.text(name)) : otherwise;
    }
}
