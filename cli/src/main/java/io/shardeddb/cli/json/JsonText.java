package io.shardeddb.cli.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;

/** JSON that a person wrote: read whole and strictly, with all digits of its numbers. */
public final class JsonText {

    private static final ObjectReader STRICT = Json.MAPPER
            .readerFor(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private JsonText() {}

    /** Whether a word of the command line is meant as an object. */
    public static boolean isObject(String word) {
        return word.stripLeading().startsWith("{");
    }

    /**
     * Any value.
     *
     * @param what what it is, for the message, such as {@code filter}
     * @throws CommandFailure DATA when it is not JSON
     */
    public static JsonNode value(String text, String what) {
        try {
            JsonNode node = STRICT.readTree(text);
            if (node != null && !node.isMissingNode()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw new CommandFailure(ExitCode.DATA, what + " is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new CommandFailure(ExitCode.DATA, what + " is empty");
    }

    /** An object. @throws CommandFailure DATA when it is none */
    public static ObjectNode object(String text, String what) {
        if (value(text, what) instanceof ObjectNode object) {
            return object;
        }
        throw new CommandFailure(ExitCode.DATA, what + " is not a JSON object: " + text);
    }
}
