package io.shardeddb.documents.sql;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.testdata.Script;
import org.junit.jupiter.api.Test;

/** What databases are asked for a filter. In the script, JSON is written with single quotes. */
final class NarrowingScriptTest {

    @Test
    void narrowing() {
        Script.run("narrowing.txt", command -> {
            String filter = command.text(command.verb().equals("filter") ? "is" : "nothing");
            Narrowing narrowing = Narrowing.of(
                    Filter.parse(DocumentValue.parse(filter.replace('\'', '"')), new Place("filter")), "`doc`");
            return (narrowing.narrows() ? narrowing.condition() + "\nwith " + narrowing.parameters() : "everything")
                    + (narrowing.left().isEmpty() ? "" : "\nleft " + narrowing.left());
        });
    }
}
