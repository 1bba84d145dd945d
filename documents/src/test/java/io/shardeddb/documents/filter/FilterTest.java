package io.shardeddb.documents.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the public suite does not ask: errors with their places, bounds, and what a filter says of keys. */
final class FilterTest {

    private static Filter parse(String json) {
        return Filter.parse(DocumentValue.parse(json), new Place("filter"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "true                                | filter | a filter is an object, not a boolean",
                "{\"$where\":\"1\"}                  | filter.$where | unknown operator",
                "{\"a\":{\"$near\":1}}               | filter.a.$near | unknown operator",
                "{\"a\":{\"$gt\":1,\"b\":2}}         | filter.a | cannot stand side by side",
                "{\"$or\":[]}                        | filter.$or | at least one filter",
                "{\"$or\":[{\"a\":{\"$in\":3}}]}     | filter.$or.0.a.$in | needs an array, not a number",
                "{\"a\":{\"$not\":3}}                | filter.a.$not | needs an object of operators",
                "{\"a\":{\"$exists\":\"x\"}}         | filter.a.$exists | needs true or false",
                "{\"a\":{\"$type\":\"text\"}}        | filter.a.$type | unknown type",
                "{\"a\":{\"$type\":[]}}              | filter.a.$type | names no type",
                "{\"a\":{\"$regex\":\"(\"}}          | filter.a.$regex | RE2's syntax",
                "{\"a\":{\"$regex\":\"a(?=b)\"}}     | filter.a.$regex | RE2's syntax",
                "{\"a\":{\"$regex\":3}}              | filter.a.$regex | needs a text",
                "{\"a\":{\"$options\":\"i\"}}        | filter.a.$options | needs a $regex",
                "{\"a\":{\"$regex\":\"a\",\"$options\":\"g\"}} | filter.a.$options | allowed are i, m and s",
                "{\"a\":{\"$size\":-1}}              | filter.a.$size | at least 0",
                "{\"a\":{\"$size\":1.5}}             | filter.a.$size | needs a whole number",
                "{\"a\":{\"$mod\":[0,1]}}            | filter.a.$mod.0 | cannot divide by 0",
                "{\"a\":{\"$mod\":[1]}}              | filter.a.$mod | a divisor and a remainder",
                "{\"a\":{\"$all\":[{\"$gt\":1}]}}    | filter.a.$all.0 | only $regex",
                "{\"a\":{\"$elemMatch\":1}}          | filter.a.$elemMatch | needs an object",
                "{\"a\":{\"$elemMatch\":{\"$in\":1}}} | filter.a.$elemMatch.$in | needs an array",
            })
    void refusesWithThePlace(String json, String at, String message) {
        assertThatThrownBy(() -> parse(json)).isInstanceOfSatisfying(DatabaseException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.INVALID_FILTER);
            assertThat(error.details()).containsEntry("at", at);
            assertThat(error.text()).contains(message);
        });
    }

    @Test
    void boundsWhatAFilterHas() {
        String deep = "{\"$and\":[".repeat(FilterParser.MAX_DEPTH + 1) + "{}" + "]}".repeat(FilterParser.MAX_DEPTH + 1);
        assertThatThrownBy(() -> parse(deep)).hasMessageContaining("within one another");
        String wide = "{\"$or\":[" + "{\"a\":1},".repeat(FilterParser.MAX_PARTS) + "{}]}";
        assertThatThrownBy(() -> parse(wide)).hasMessageContaining("more than 1000 filters");
        String pattern = "x".repeat(OperatorParser.MAX_PATTERN + 1);
        assertThatThrownBy(() -> parse("{\"a\":{\"$regex\":\"" + pattern + "\"}}"))
                .hasMessageContaining("at most 1000 are allowed");
    }

    /** A pattern of a few characters may stand for one of any length. */
    @Test
    void boundsWhatAPatternStandsFor() {
        for (String pattern : List.of("((x{30}){30}){30}", "(((x{1000}){1000}){1000}){1000}", "(x{900}y{900}z{900})")) {
            assertThatThrownBy(() -> parse("{\"a\":{\"$regex\":\"" + pattern + "\"}}"))
                    .as(pattern)
                    .hasMessageContaining("repeats too much");
        }
        String uuid = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
        assertThat(parse("{\"a\":{\"$regex\":\"" + uuid + "\"}}")
                        .matches(DocumentValue.parse("{\"a\":\"6b3f2f7e-0d27-4d6b-9a3e-0123456789ab\"}")))
                .isTrue();
    }

    /** A pattern for which other engines try every way to part the text. */
    @Test
    void aPatternNeedsNoMoreTimeThanTheTextIsLong() {
        Filter filter = parse("{\"a\":{\"$regex\":\"^(a+)+$\"}}");
        assertThat(filter.matches(DocumentValue.parse("{\"a\":\"" + "a".repeat(20_000) + "b\"}")))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"_id\":1}                         | [1]",
                "7                                   | [7]",
                "{\"_id\":{\"$eq\":\"x\"},\"a\":1}   | [\"x\"]",
                "{\"_id\":{\"$in\":[1,2]}}           | [1,2]",
                "{\"$and\":[{\"_id\":{\"$in\":[1,2]}},{\"_id\":2}]} | [2]",
                "{\"_id\":{\"$gt\":1}}               | none",
                "{\"$or\":[{\"_id\":1},{\"a\":2}]}   | none",
                "{\"$nor\":[{\"_id\":1}]}            | none",
                "{\"_id\":{\"$ne\":1}}               | none",
                "{\"_id.x\":1}                       | none",
            })
    void saysWhichIdsItMeans(String json, String ids) {
        List<DocumentValue> values = parse(json).oneOf(DocumentPath.of("_id"));
        assertThat(values == null ? "none" : new DocumentValue.ArrayValue(values).toJson())
                .isEqualTo(ids);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"a\":3}                           | {\"a\":[1,3,3]}               | 1",
                "{\"a\":3}                           | {\"a\":3}                     | none",
                "{\"a.b\":3}                         | {\"a\":[{\"b\":1},{\"b\":3}]} | 1",
                "{\"a\":{\"$elemMatch\":{\"b\":3}}}  | {\"a\":[{\"b\":1},{\"b\":3}]} | 1",
                "{\"a\":{\"$elemMatch\":{\"$gt\":1}}} | {\"a\":[1,2]}                | 1",
                "{\"a\":1,\"b\":2}                   | {\"a\":[1],\"b\":[0,2]}       | 1",
                "{\"$or\":[{\"a\":9},{\"b\":2}]}     | {\"a\":[1],\"b\":[0,2]}       | 1",
                "{\"a\":9}                           | {\"a\":[1,3]}                 | none",
            })
    void tellsTheElementThatMatched(String json, String document, String index) {
        var element = parse(json).matchedElement(DocumentValue.parse(document));
        assertThat(element.isPresent() ? String.valueOf(element.getAsInt()) : "none")
                .isEqualTo(index);
    }
}
