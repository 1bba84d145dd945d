package io.shardeddb.router.grpc.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.wire.api.v1.ChangeManyKeysReply;
import io.shardeddb.protocol.wire.api.v1.IncrementKeyRequest;
import io.shardeddb.protocol.wire.api.v1.KeyEntry;
import io.shardeddb.protocol.wire.api.v1.KeyPut;
import io.shardeddb.protocol.wire.api.v1.ScanKeysRequest;
import io.shardeddb.protocol.wire.api.v1.VersionCondition;
import io.shardeddb.protocol.wire.api.v1.WriteOptions;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.grpc.GivenOptions;
import io.shardeddb.router.keyvalue.Entry;
import io.shardeddb.router.keyvalue.Increment;
import io.shardeddb.router.keyvalue.KeyCondition;
import io.shardeddb.router.keyvalue.KeyScan;
import io.shardeddb.router.keyvalue.KeyValues;
import io.shardeddb.router.keyvalue.Put;
import io.shardeddb.router.keyvalue.Space;
import io.shardeddb.router.keyvalue.expiry.Expiry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages about keys, as requests of the router and back. Pure. */
final class KeyValueMessages {

    private static final String BYTES = "application/octet-stream";

    private KeyValueMessages() {}

    /** Who writes. @throws DatabaseException MALFORMED_REQUEST */
    static KeyValues.Writer writer(WriteOptions options, @Nullable Long until) {
        return new KeyValues.Writer(GivenOptions.requestId(options.getRequestId()), until);
    }

    /** What must hold for a key. @throws DatabaseException MALFORMED_REQUEST */
    static KeyCondition condition(boolean isGiven, VersionCondition given) {
        return switch (GivenOptions.condition(isGiven, given)) {
            case null -> KeyCondition.NONE;
            case Precondition.Unchanged(long version) -> new KeyCondition.IfVersion(version);
            case Precondition.Absent _ -> new KeyCondition.IfAbsent();
            case Precondition.Present _, Precondition.Column _ -> new KeyCondition.IfPresent();
        };
    }

    /** A put. @throws DatabaseException INVALID_KEY, TOO_LARGE, MALFORMED_REQUEST */
    static Put put(KeyPut given) {
        boolean counter = switch (given.getContentCase()) {
            case VALUE -> false;
            case NUMBER -> true;
            case CONTENT_NOT_SET -> throw GivenOptions.wrong("put", "with a value or a number");
        };
        if (counter && !given.getType().isEmpty()) {
            throw GivenOptions.wrong("type", "left out where a number is put");
        }
        String type = given.getType().isEmpty() ? BYTES : given.getType();
        return new Put(
                given.getKey(),
                counter ? null : given.getValue(),
                counter ? Space.TEXT : type,
                counter ? (Long) given.getNumber() : null,
                Expiry.ofMillis(given.getTtlMillis()),
                condition(given.hasCondition(), given.getCondition()));
    }

    /** Several puts; an error says which one it is about. */
    static List<Put> puts(List<KeyPut> given) {
        List<Put> puts = new ArrayList<>(given.size());
        for (KeyPut each : given) {
            try {
                puts.add(put(each));
            } catch (DatabaseException e) {
                throw e.with("row", Integer.toString(puts.size()));
            }
        }
        return puts;
    }

    /** An addition. @throws DatabaseException INVALID_KEY, MALFORMED_REQUEST */
    static Increment increment(IncrementKeyRequest given) {
        return new Increment(
                given.getKey(),
                given.hasBy() ? given.getBy() : 1,
                given.hasMin() ? (Long) given.getMin() : null,
                given.hasMax() ? (Long) given.getMax() : null,
                given.getInitial(),
                Expiry.ofMillis(given.getTtlMillis()));
    }

    /**
     * A part of a scan.
     *
     * @param continuation where it goes on; empty: at the beginning
     * @param left how many keys are still wanted; 0: all
     * @throws DatabaseException MALFORMED_REQUEST
     */
    static KeyScan scan(ScanKeysRequest given, String continuation, long left) {
        return new KeyScan(
                given.getPrefix(),
                given.hasFrom() ? given.getFrom() : null,
                given.hasTo() ? given.getTo() : null,
                left == 0 ? KeyScan.MOST_KEYS : (int) Math.min(left, KeyScan.MOST_KEYS),
                !given.getKeysOnly(),
                continuation.isEmpty() ? null : KeyScan.continued(continuation, given.getSpace()));
    }

    /**
     * What stands under a key.
     *
     * @param content whether its content is told
     */
    static KeyEntry entry(Entry entry, boolean content) {
        KeyEntry.Builder message = KeyEntry.newBuilder()
                .setKey(entry.key())
                .setType(entry.type())
                .setVersion(entry.version())
                .setExpiresMillis(orNever(entry.expires()));
        ByteString value = entry.value();
        Long number = entry.number();
        if (content && value != null) {
            message.setValue(value);
        } else if (content && number != null) {
            message.setNumber(number);
        }
        return message.build();
    }

    static long orNever(@Nullable Long expires) {
        return expires == null ? 0 : expires;
    }

    /** What a change of several keys came to. */
    static ChangeManyKeysReply changed(KeyValues.Changed changed, SessionToken session) {
        return ChangeManyKeysReply.newBuilder()
                .setChanged(changed.keys())
                .setTimestamp(changed.timestamp())
                .setSessionToken(session.with(changed.indexes()).text())
                .build();
    }
}
