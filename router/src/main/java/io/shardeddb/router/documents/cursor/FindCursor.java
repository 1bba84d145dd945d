package io.shardeddb.router.documents.cursor;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Hash64;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * Where a find goes on. It holds no state of any process, so any router takes it. With it goes a hash over itself and
 * the request that it was given for: another request's, or one that was altered, is refused. Pure.
 */
public final class FindCursor {

    private FindCursor() {}

    /**
     * The text of a cursor.
     *
     * @param request what must be the same in the next request: collection, filter and sort
     * @param place where it goes on
     */
    public static String text(String request, byte[] place) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + place.length);
        bytes.putLong(hash(request, place)).put(place);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** Where a cursor goes on. @throws DatabaseException INVALID_CURSOR */
    public static byte[] place(String request, String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (bytes.length >= Long.BYTES) {
                byte[] place = Arrays.copyOfRange(bytes, Long.BYTES, bytes.length);
                if (ByteBuffer.wrap(bytes).getLong() == hash(request, place)) {
                    return place;
                }
            }
        } catch (IllegalArgumentException e) {
            throw invalid();
        }
        throw invalid();
    }

    /** The error of a cursor that leads nowhere. */
    public static DatabaseException invalid() {
        return new DatabaseException(
                ErrorCode.INVALID_CURSOR,
                "the cursor was not given out by this database, or for another collection, filter or sort",
                Map.of("field", "cursor"));
    }

    private static long hash(String request, byte[] place) {
        byte[] text = request.getBytes(StandardCharsets.UTF_8);
        return Hash64.of(ByteBuffer.allocate(Integer.BYTES + text.length + place.length)
                .putInt(text.length)
                .put(text)
                .put(place)
                .array());
    }
}
