package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value that is to stand under a key.
 *
 * @param key 1 to 1,024 bytes
 * @param value up to 1 MiB; absent: a counter is put
 * @param type the value's content type: up to 255 visible characters of ASCII, and spaces
 * @param number of a counter; absent: a value is put
 * @param ttlMillis how long it lives, from 1; absent: for ever
 * @param condition of the key
 */
public record Put(
        ByteString key,
        @Nullable ByteString value,
        String type,
        @Nullable Long number,
        @Nullable Long ttlMillis,
        KeyCondition condition) {

    /**
     * Checks what it holds.
     *
     * @throws DatabaseException INVALID_KEY, TOO_LARGE, MALFORMED_REQUEST
     */
    public Put {
        var _ = Space.key(key);
        if (value != null && value.size() > Space.MOST_VALUE_BYTES) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    "a value has at most " + Space.MOST_VALUE_BYTES + " bytes, not " + value.size(),
                    Map.of("bytes", Integer.toString(value.size())));
        }
        boolean visible = type.chars().allMatch(each -> each >= ' ' && each <= '~');
        if (!visible
                || type.length() > Space.MOST_TYPE_CHARACTERS
                || !type.strip().equals(type)) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "a content type has at most " + Space.MOST_TYPE_CHARACTERS
                            + " characters of ASCII, and no space at its ends",
                    Map.of("field", "type"));
        }
    }

    /** The entry that it makes. */
    Entry entry(@Nullable Long expires) {
        return new Entry(key, value, type, number, expires, 0);
    }
}
