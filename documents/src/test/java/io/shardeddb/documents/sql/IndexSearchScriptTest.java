package io.shardeddb.documents.sql;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.testdata.Script;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is looked up for a filter in indexes of the paths a, b and c.d. In the script, JSON has single quotes. */
final class IndexSearchScriptTest {

    @Test
    void searches() {
        Script.run("search.txt", command -> {
            StringBuilder said = new StringBuilder();
            IndexSearch.of(
                            Filter.parse(
                                    DocumentValue.parse(command.text("is").replace('\'', '"')), new Place("filter")),
                            Set.of("a", "b", "c.d"))
                    .ifPresent(search -> search.lookups().forEach(lookup -> {
                        said.append(lookup.path()).append(lookup.numbers() ? " numbers" : " texts");
                        lookup.ranges().forEach(range -> said.append(' ').append(text(range)));
                        said.append('\n');
                    }));
            return said.isEmpty() ? "no index" : said.toString().strip();
        });
    }

    private static String text(IndexRange range) {
        return switch (range) {
            case IndexRange.Numbers(double least, double greatest) ->
                range.isSingle() ? String.valueOf(least) : least + ".." + greatest;
            case IndexRange.Texts(String least, String greatest) -> range.isSingle() ? least : least + ".." + greatest;
        };
    }
}
