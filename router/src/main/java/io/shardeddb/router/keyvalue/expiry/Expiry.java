package io.shardeddb.router.keyvalue.expiry;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When keys expire. Pure. */
public final class Expiry {

    /** Ten years, in seconds: no key may be given more. */
    public static final long MOST_SECONDS = 10L * 365 * 24 * 3_600;

    private static final int MILLIS_DIGITS = 3;
    private static final long MILLIS = 1_000;
    private static final int MOST_CHARACTERS = 32;

    private Expiry() {}

    /** Whether a key counts as absent at a time. It does from the first millisecond of its expiry on. */
    public static boolean isOver(@Nullable Long expires, long shardMillis) {
        return expires != null && expires <= shardMillis;
    }

    /**
     * How long a key lives, as a request says it.
     *
     * @param seconds a number above 0, with a fraction or without
     * @return milliseconds from 1; a part of one counts as a whole
     * @throws DatabaseException MALFORMED_REQUEST
     */
    public static long millis(String seconds) {
        BigDecimal parsed = parse(seconds);
        if (parsed == null || parsed.signum() <= 0 || parsed.compareTo(BigDecimal.valueOf(MOST_SECONDS)) > 0) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "ttlSeconds must be a number above 0 and up to " + MOST_SECONDS + " (ten years), not '" + seconds
                            + "'",
                    Map.of("field", "ttlSeconds"));
        }
        return parsed.movePointRight(MILLIS_DIGITS).setScale(0, RoundingMode.UP).longValueExact();
    }

    /**
     * How long a key lives, as a request says it in milliseconds.
     *
     * @param millis 0: for ever, or as long as before
     * @return null for 0
     * @throws DatabaseException MALFORMED_REQUEST
     */
    public static @Nullable Long ofMillis(long millis) {
        if (millis < 0 || millis > MOST_SECONDS * MILLIS) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "ttl_millis must be 0 to " + MOST_SECONDS * MILLIS + " (ten years), not " + millis,
                    Map.of("field", "ttl_millis"));
        }
        return millis == 0 ? null : millis;
    }

    private static @Nullable BigDecimal parse(String text) {
        if (text.length() > MOST_CHARACTERS) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text.strip());
            // Of 1e999999999 the digits alone would fill the memory.
            return Math.abs((long) number.scale()) > MOST_CHARACTERS ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
