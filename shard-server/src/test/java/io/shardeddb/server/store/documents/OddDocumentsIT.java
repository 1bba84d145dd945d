package io.shardeddb.server.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.documents.value.DocumentValue.TextValue;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.server.store.mysql.OnMariaDb;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Documents at the borders of what databases and we understand alike, of which half were written before there was an
 * index. What is drawn follows from a seed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddDocumentsIT extends OnMariaDb {

    private static final int DOCUMENTS = 500;
    private static final int FILTERS = 300;

    /** Names that an index may have, with one that has none at the end. */
    private static final List<String> PATHS = List.of("a", "a.b", "\u00e4", "\ud83d\ude00", "b");

    private static final IndexDefinition[] INDEXES = {
        new IndexDefinition("by_a", List.of("doc"), PATHS.get(0)),
        new IndexDefinition("by_ab", List.of("doc"), PATHS.get(1)),
        new IndexDefinition("by_umlaut", List.of("doc"), PATHS.get(2)),
        new IndexDefinition("by_face", List.of("doc"), PATHS.get(3))
    };

    /** Members that a database must pass on its way to those that are asked for. */
    private static final List<String> OTHERS =
            List.of("", " ", "\"", "\\", "\u0001", "A", "a\"", "a\\", "aa", "a ", "\u00c4", "\ud83d\ude01", "*", "$");

    /** Some need an escape in JSON, and some lie in front of a quote or behind a backslash. */
    private static final List<String> CHARACTERS = List.of(
            " ",
            "!",
            "\"",
            "#",
            "/",
            "A",
            "[",
            "\\",
            "]",
            "a",
            "b",
            "\n",
            "\u0001",
            "\u007f",
            "\u00e4",
            "\u2028",
            "\uffff",
            "\ud83d\ude00");

    private static final List<String> COMPARISONS = List.of("$eq", "$gt", "$gte", "$lt", "$lte");

    private final Random random = new Random(41);
    private final List<String> texts = new ArrayList<>();
    private final List<String> numbers = new ArrayList<>();
    private FilteredCollection collection;

    @BeforeAll
    void openStore() throws Exception {
        collection = new FilteredCollection(factory);
        drawTexts();
        drawNumbers();
        for (int i = 0; i < DOCUMENTS; i++) {
            if (i == DOCUMENTS / 2) {
                collection.write();
                collection.index(INDEXES);
            }
            collection.add(document());
        }
        collection.write();
    }

    @AfterAll
    void dropStore() throws Exception {
        collection.drop();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private String some(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(pick(CHARACTERS));
        }
        return text.toString();
    }

    /** Texts with common beginnings, around the characters and bytes at which an index cuts them. */
    private void drawTexts() {
        List<String> beginnings =
                List.of("", "a", "abcdefghijklmno", "abcdefghijklmnop", "x".repeat(252), "\u00e4".repeat(126));
        for (int i = 0; i < 45; i++) {
            texts.add(new TextValue(pick(beginnings) + some(random.nextInt(4))).toJson());
        }
        for (String word : List.of("null", "true", "5", "[", "{")) {
            texts.add(new TextValue(word).toJson());
        }
    }

    /** Doubles of all sizes with their neighbours, and integers that are no doubles. */
    private void drawNumbers() {
        numbers.addAll(List.of("0", "-0.0", "4.9E-324", "-4.9E-324", "2.2250738585072014E-308"));
        for (int i = 0; i < 10; i++) {
            double drawn = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(drawn) && Math.abs(drawn) < Double.MAX_VALUE) {
                numbers.add(CanonicalJson.write(drawn));
                numbers.add(CanonicalJson.write(Math.nextUp(drawn)));
            }
            long whole = random.nextLong();
            numbers.add(Long.toString(whole));
            numbers.add(Long.toString(whole ^ 1));
            numbers.add(CanonicalJson.write((double) whole));
        }
    }

    private String scalar() {
        return switch (random.nextInt(9)) {
            case 0, 1, 2, 3 -> pick(texts);
            case 4, 5, 6 -> pick(numbers);
            case 7 -> pick(List.of("true", "false"));
            default -> "null";
        };
    }

    private String value(int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 7)) {
            case 7 -> list(() -> value(depth - 1));
            case 8 -> "{\"b\":" + value(depth - 1) + "}";
            case 9 -> list(() -> "{\"b\":" + value(depth - 1) + "}");
            default -> scalar();
        };
    }

    private String list(Supplier<String> each) {
        List<String> elements = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            elements.add(each.get());
        }
        return "[" + String.join(",", elements) + "]";
    }

    private String document() {
        List<String> members = new ArrayList<>();
        for (String name : List.of("a", "\u00e4", "\ud83d\ude00", "b")) {
            if (random.nextInt(5) > 0) {
                members.add(new TextValue(name).toJson() + ":" + value(2));
            }
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            members.add(new TextValue(pick(OTHERS)).toJson() + ":" + value(1));
        }
        if (random.nextInt(10) == 0) {
            // With the document itself these are as many levels as are stored.
            int levels = CanonicalJson.MAX_STORED_DEPTH - 1;
            members.add("\"Deep\":" + "[".repeat(levels) + "]".repeat(levels));
        }
        return "{" + String.join(",", members) + "}";
    }

    private String condition() {
        return switch (random.nextInt(12)) {
            case 0, 1 -> scalar();
            case 2 -> "{\"$in\":" + list(this::scalar) + "}";
            case 3 -> "{\"$elemMatch\":{\"" + pick(COMPARISONS) + "\":" + scalar() + "}}";
            case 4 ->
                "{\"$type\":" + pick(List.of("\"string\"", "\"null\"", "\"number\"", "\"array\"", "\"bool\"")) + "}";
            case 5 -> "{\"$exists\":" + random.nextBoolean() + "}";
            case 6 -> "{\"$" + pick(List.of("ne", "eq")) + "\":" + value(2) + "}";
            case 7 -> "{\"$all\":" + list(() -> value(1)) + "}";
            case 8 -> "{\"$regex\":\"^[a-z\u00e4]\"}";
            case 9 -> "{\"$gte\":" + pick(texts) + ",\"$lt\":" + pick(texts) + "}";
            default -> "{\"" + pick(COMPARISONS) + "\":" + scalar() + "}";
        };
    }

    private String filter(int depth) {
        List<String> parts = new ArrayList<>();
        parts.add(new TextValue(pick(PATHS)).toJson() + ":" + condition());
        if (depth > 0 && random.nextInt(3) == 0) {
            parts.add("\"" + pick(List.of("$and", "$or", "$or", "$nor")) + "\":" + list(() -> filter(depth - 1)));
        }
        return "{" + String.join(",", parts) + "}";
    }

    @Test
    void drawnFiltersFindAllThatTheyMean() throws Exception {
        long leftOut = 0;
        for (int i = 0; i < FILTERS; i++) {
            leftOut += collection.check(filter(2), i % 5 == 0);
        }
        assertThat(leftOut).as("documents that did not travel").isGreaterThan(FILTERS * 100L);
    }

    @Test
    void eachNumberIsFoundByItselfAndByItsNeighbours() throws Exception {
        for (String number : numbers) {
            for (String operator : COMPARISONS) {
                collection.check("{\"a\":{\"" + operator + "\":" + number + "}}", false);
            }
        }
    }

    @Test
    void eachTextIsFoundInEveryIndex() throws Exception {
        for (String text : texts) {
            String path = pick(PATHS);
            collection.check("{\"" + path + "\":" + text + "}", false);
            for (String operator : COMPARISONS.subList(1, COMPARISONS.size())) {
                collection.check("{\"" + path + "\":{\"" + operator + "\":" + text + "}}", false);
            }
        }
    }
}
