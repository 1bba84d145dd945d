package io.shardeddb.router.http.v1;

import com.fasterxml.jackson.core.JsonToken;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.interactive.IsolationLevel;
import io.shardeddb.router.json.JsonInput;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a request asks for that begins a transaction. Pure.
 *
 * @param level of isolation
 * @param readOnly whether it writes nothing
 * @param idleSeconds after so long without a request it is given up, 1 to 60
 * @param seconds after so long it is given up, 1 to 300
 */
record TransactionRequest(IsolationLevel level, boolean readOnly, int idleSeconds, int seconds) {
    private static final int MOST_IDLE_SECONDS = 60;
    private static final int MOST_SECONDS = 300;

    private static final TransactionRequest USUAL = new TransactionRequest(IsolationLevel.SNAPSHOT, false, 10, 60);

    /**
     * Reads a body; an empty one asks for what is usual.
     *
     * @throws DatabaseException of kind INVALID, with the field
     */
    static TransactionRequest parse(byte[] body) {
        if (body.length == 0) {
            return USUAL;
        }
        return JsonInput.read(body, input -> {
            input.expect(JsonToken.START_OBJECT, "an object");
            TransactionRequest asked = USUAL;
            for (String name = input.nextMember(); name != null; name = input.nextMember()) {
                asked = asked.with(name, input.nextValue());
            }
            return asked;
        });
    }

    private TransactionRequest with(String field, @Nullable Object value) {
        return switch (field) {
            case "level" -> new TransactionRequest(level(value), readOnly, idleSeconds, seconds);
            case "readOnly" -> new TransactionRequest(level, bool(field, value), idleSeconds, seconds);
            case "idleSeconds" ->
                new TransactionRequest(level, readOnly, number(field, value, MOST_IDLE_SECONDS), seconds);
            case "seconds" -> new TransactionRequest(level, readOnly, idleSeconds, number(field, value, MOST_SECONDS));
            default -> throw wrong(field, "level, readOnly, idleSeconds or seconds, as a member's name", field);
        };
    }

    private static IsolationLevel level(@Nullable Object value) {
        IsolationLevel level = value instanceof String text ? IsolationLevel.of(text) : null;
        if (level == null) {
            throw wrong("level", "\"snapshot\" or \"serializable\"", value);
        }
        return level;
    }

    private static boolean bool(String field, @Nullable Object value) {
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw wrong(field, "true or false", value);
    }

    private static int number(String field, @Nullable Object value, int most) {
        if (value instanceof Number number && number.doubleValue() == number.intValue()) {
            int seconds = number.intValue();
            if (seconds >= 1 && seconds <= most) {
                return seconds;
            }
        }
        throw wrong(field, "a whole number from 1 to " + most, value);
    }

    private static DatabaseException wrong(String field, String allowed, @Nullable Object given) {
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST,
                "'" + field + "' must be " + allowed + ", not '" + given + "'",
                Map.of("field", field));
    }
}
