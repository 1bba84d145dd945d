package io.shardeddb.cli.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The command line's one mapper of JSON: a mapper takes long to make, and what it has learned of a type is kept in it.
 */
public final class Json {

    /** Refuses fields that a type does not have. It is shared: nobody configures it. */
    public static final ObjectMapper MAPPER = new ObjectMapper();

    /** Passes over fields that a type does not have, as objects of a newer operator may have them. */
    public static final ObjectReader LENIENT =
            MAPPER.reader().without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Json() {}

    /** A new object without members. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A value over several lines, ended by a line feed. */
    public static String pretty(Object value) throws JsonProcessingException {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    }
}
