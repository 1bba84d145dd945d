package io.shardeddb.router.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON body, read token by token; every fault says its line and column. */
public final class JsonInput {

    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(CanonicalJson.MAX_DEPTH + 8)
                    .maxNumberLength(400)
                    .maxStringLength(64 * 1024 * 1024)
                    .build())
            .build();

    private final JsonParser parser;

    private JsonInput(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * What is read with a parser at hand.
     *
     * @param <T> the result
     */
    @FunctionalInterface
    public interface Reading<T extends @Nullable Object> {
        T read(JsonInput input) throws IOException;
    }

    /**
     * Reads a body that is exactly one JSON value.
     *
     * @param body UTF-8
     * @param reading called with the first token not yet read
     * @throws DatabaseException MALFORMED_JSON with "line" and "column"
     */
    public static <T extends @Nullable Object> T read(byte[] body, Reading<T> reading) {
        try (JsonParser parser = FACTORY.createParser(body)) {
            JsonInput input = new JsonInput(parser);
            T result = reading.read(input);
            if (parser.nextToken() != null) {
                throw input.malformed("something follows the JSON value");
            }
            return result;
        } catch (JsonProcessingException e) {
            throw malformed(e.getOriginalMessage(), e.getLocation());
        } catch (IOException e) {
            throw malformed(String.valueOf(e.getMessage()), null);
        }
    }

    /** The next token; the end of the body is a fault. */
    public JsonToken next() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw malformed("the body ends where a value is expected");
        }
        return token;
    }

    /**
     * Moves to the next token, which must be of this kind.
     *
     * @param what what is expected, for the message
     */
    public void expect(JsonToken kind, String what) throws IOException {
        if (next() != kind) {
            throw unexpected(what);
        }
    }

    /** The next member's name within an object, or null at the object's end. */
    public @Nullable String nextMember() throws IOException {
        String name = parser.nextFieldName();
        if (name == null && parser.currentToken() != JsonToken.END_OBJECT) {
            throw malformed("a member's name or '}' is missing");
        }
        return name;
    }

    /** Moves on within an array: whether there is another element, whose first token is then the current one. */
    public boolean nextElement() throws IOException {
        return next() != JsonToken.END_ARRAY;
    }

    /** The current token. */
    public @Nullable JsonToken current() {
        return parser.currentToken();
    }

    /** Reads the next value whole. */
    public @Nullable Object nextValue() throws IOException {
        next();
        return value();
    }

    /** The value at the current token: null, Boolean, Long, BigInteger, BigDecimal, String, List or Map. */
    public @Nullable Object value() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? parser.getBigIntegerValue()
                        : (Number) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (nextElement()) {
                    elements.add(value());
                }
                yield elements;
            }
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                for (String name = nextMember(); name != null; name = nextMember()) {
                    members.put(name, nextValue());
                }
                yield members;
            }
            default -> throw unexpected("a value");
        };
    }

    /** A fault of form at the present place. */
    public DatabaseException unexpected(String expected) {
        return place(
                ErrorCode.MALFORMED_REQUEST,
                expected + " is expected, not " + describe(parser.currentToken()),
                parser.currentTokenLocation());
    }

    private DatabaseException malformed(String reason) {
        return malformed(reason, parser.currentLocation());
    }

    private static String describe(@Nullable JsonToken token) {
        return switch (token) {
            case null -> "the end";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            default -> "this";
        };
    }

    private static DatabaseException malformed(String reason, @Nullable JsonLocation location) {
        return place(ErrorCode.MALFORMED_JSON, "the body is not JSON: " + reason, location);
    }

    private static DatabaseException place(ErrorCode code, String message, @Nullable JsonLocation location) {
        if (location == null) {
            return new DatabaseException(code, message);
        }
        return new DatabaseException(
                code,
                message + " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")",
                Map.of(
                        "line", Integer.toString(location.getLineNr()),
                        "position", Integer.toString(location.getColumnNr())));
    }
}
