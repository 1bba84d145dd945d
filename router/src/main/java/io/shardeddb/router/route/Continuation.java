package io.shardeddb.router.route;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import java.util.Base64;
import java.util.Map;

/** Where a range read goes on: the last key given. It holds no state of any process, so any router takes it. */
public final class Continuation {

    private Continuation() {}

    /** The token that follows a row with this key. */
    public static String after(Row key) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(RowCodec.encode(key).toByteArray());
    }

    /**
     * The key in a token.
     *
     * @throws DatabaseException MALFORMED_REQUEST when it is none of this table
     */
    public static Row parse(String token, TableDefinition table) {
        return parse(token, table.name(), table.keySize());
    }

    /**
     * The key in a token.
     *
     * @param table its name, for the message
     * @param keySize how many values its key has
     * @throws DatabaseException MALFORMED_REQUEST when it is none of this table
     */
    public static Row parse(String token, String table, int keySize) {
        try {
            return RowCodec.decode(ByteString.copyFrom(Base64.getUrlDecoder().decode(token)), keySize);
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "the continuation is not one that was given for table " + table,
                    Map.of("field", "continuation"));
        }
    }
}
