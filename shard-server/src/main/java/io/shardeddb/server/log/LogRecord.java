package io.shardeddb.server.log;

import com.google.protobuf.ByteString;
import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.HardState;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.server.log.file.DamagedLogException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a batch holds. In bytes: length of what follows (4), kind (1), group (16), fields. Replayed in log order, the
 * records of a group give its state.
 */
sealed interface LogRecord {
    /** Bytes before the fields. */
    int FRAME_BYTES = 21;

    GroupId group();

    /** A replica begins here, with nothing: also the first record of a checkpoint, which replaces all earlier ones. */
    record Begin(GroupId group, MemberId member, String database, String shard) implements LogRecord {}

    /** The hard state from here on. */
    record State(GroupId group, HardState hardState) implements LogRecord {}

    /** One entry, following the last one. */
    record Entry(GroupId group, LogEntry entry) implements LogRecord {}

    /** Entries from this index on are gone. */
    record Truncate(GroupId group, long fromIndex) implements LogRecord {}

    /** The log begins after this marker; entries above it stay, or not. */
    record Marker(GroupId group, SnapshotMarker marker, boolean keepsTail) implements LogRecord {}

    /** The replica is gone. */
    record Drop(GroupId group) implements LogRecord {}

    /** The replica was found to be no good: it neither votes nor serves until it is dropped. */
    record Quarantine(GroupId group, String reason) implements LogRecord {}

    byte BEGIN = 1;
    byte STATE = 2;
    byte ENTRY_NOOP = 3;
    byte ENTRY_COMMAND = 4;
    byte ENTRY_MEMBERSHIP = 5;
    byte TRUNCATE = 6;
    byte MARKER = 7;
    byte DROP = 8;
    byte QUARANTINE = 9;

    /** Reads one record; the buffer stands at its length and ends anywhere behind it. */
    static LogRecord read(ByteBuffer in) throws IOException {
        try {
            int length = in.getInt();
            int end = Math.addExact(in.position(), length);
            byte kind = in.get();
            GroupId group = new GroupId(in.getLong(), in.getLong());
            LogRecord record = switch (kind) {
                case BEGIN -> new Begin(group, new MemberId(in.getLong(), in.getLong()), text(in), text(in));
                case STATE -> new State(group, hardState(in));
                case ENTRY_NOOP, ENTRY_COMMAND, ENTRY_MEMBERSHIP -> new Entry(group, entry(kind, in, end));
                case TRUNCATE -> new Truncate(group, in.getLong());
                case MARKER -> marker(group, in, end);
                case DROP -> new Drop(group);
                case QUARANTINE -> new Quarantine(group, text(in));
                default -> throw new DamagedLogException("a record of unknown kind " + kind);
            };
            if (in.position() != end) {
                throw new DamagedLogException("a record of kind " + kind + " is not as long as it says");
            }
            return record;
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
            throw new DamagedLogException("a record that cannot be read", e);
        }
    }

    private static HardState hardState(ByteBuffer in) {
        long term = in.getLong();
        return new HardState(term, in.get() == 1 ? new MemberId(in.getLong(), in.getLong()) : null);
    }

    private static LogEntry entry(byte kind, ByteBuffer in, int end) {
        long index = in.getLong();
        long term = in.getLong();
        ByteString bytes = rest(in, end);
        Payload payload = switch (kind) {
            case ENTRY_COMMAND -> CommandPayload.ofBytes(bytes);
            case ENTRY_MEMBERSHIP -> new Payload.Membership(ConfigurationCodec.decode(bytes));
            default -> Payload.Noop.INSTANCE;
        };
        return new LogEntry(index, term, payload);
    }

    private static Marker marker(GroupId group, ByteBuffer in, int end) {
        long index = in.getLong();
        long term = in.getLong();
        long configurationIndex = in.getLong();
        boolean keepsTail = in.get() == 1;
        Configuration configuration = ConfigurationCodec.decode(rest(in, end));
        return new Marker(group, new SnapshotMarker(index, term, configuration, configurationIndex), keepsTail);
    }

    private static ByteString rest(ByteBuffer in, int end) {
        ByteString bytes = ByteString.copyFrom(in, end - in.position());
        return bytes;
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The kind byte and the bytes of a payload. */
    static byte kind(Payload payload) {
        return switch (payload) {
            case Payload.Noop() -> ENTRY_NOOP;
            case Payload.Membership m -> ENTRY_MEMBERSHIP;
            case Payload.Command c -> ENTRY_COMMAND;
        };
    }

    static @Nullable ByteString bytes(Payload payload) {
        return switch (payload) {
            case Payload.Noop() -> null;
            case Payload.Membership(Configuration configuration) -> ConfigurationCodec.encode(configuration);
            case CommandPayload command -> command.bytes();
            case Payload.Command other -> throw new IllegalArgumentException("not a command of this server: " + other);
        };
    }
}
