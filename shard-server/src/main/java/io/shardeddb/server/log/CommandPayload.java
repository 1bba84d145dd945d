package io.shardeddb.server.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.shardeddb.consensus.Payload;
import io.shardeddb.protocol.wire.LoggedCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A command of the state machine as it travels and lies in the log: encoded once, and decoded once for being applied.
 */
public final class CommandPayload implements Payload.Command {
    private final ByteString bytes;
    private volatile @Nullable LoggedCommand decoded;

    private CommandPayload(ByteString bytes, @Nullable LoggedCommand decoded) {
        this.bytes = bytes;
        this.decoded = decoded;
    }

    /** A command made here. */
    public static CommandPayload of(LoggedCommand command) {
        return new CommandPayload(command.toByteString(), command);
    }

    /** A command that came from elsewhere. */
    public static CommandPayload ofBytes(ByteString bytes) {
        return new CommandPayload(bytes, null);
    }

    /** The encoded form. */
    public ByteString bytes() {
        return bytes;
    }

    /** The decoded form. Bytes that are no command would be a fault of this software on the member that made them. */
    public LoggedCommand command() {
        LoggedCommand known = decoded;
        if (known == null) {
            try {
                known = LoggedCommand.parseFrom(bytes);
            } catch (InvalidProtocolBufferException e) {
                throw new UncheckedIOException("a log entry is not a command", e);
            }
            decoded = known;
        }
        return known;
    }

    /**
     * Lets the decoded form go, which takes several times the room of the bytes; who asks for it again has it decoded
     * again.
     */
    void forgetDecoded() {
        decoded = null;
    }

    /** The command's timestamp, without decoding the rest: fields are written in the order of their numbers. */
    public long timestamp() {
        LoggedCommand known = decoded;
        if (known != null) {
            return known.getTimestamp();
        }
        try {
            CodedInputStream in = bytes.newCodedInput();
            return field(in) == LoggedCommand.TIMESTAMP_FIELD_NUMBER
                    ? in.readUInt64()
                    : command().getTimestamp();
        } catch (IOException e) {
            throw new UncheckedIOException("a log entry is not a command", e);
        }
    }

    /** Whether the command is a write of rows. */
    public boolean writesRows() {
        int body = body();
        return body == LoggedCommand.WRITE_FIELD_NUMBER || body == LoggedCommand.VERSIONED_WRITE_FIELD_NUMBER;
    }

    /** Whether the command is a verdict on an earlier entry. */
    public boolean isVerdict() {
        return body() == LoggedCommand.VERDICT_FIELD_NUMBER;
    }

    /** The number of the body's field, also without decoding: it comes behind the timestamp. */
    private int body() {
        LoggedCommand known = decoded;
        if (known != null) {
            return known.getBodyCase().getNumber();
        }
        try {
            CodedInputStream in = bytes.newCodedInput();
            int field = field(in);
            if (field == LoggedCommand.TIMESTAMP_FIELD_NUMBER) {
                in.readUInt64();
                field = field(in);
            }
            return field;
        } catch (IOException e) {
            throw new UncheckedIOException("a log entry is not a command", e);
        }
    }

    private static int field(CodedInputStream in) throws IOException {
        return WireFormat.getTagFieldNumber(in.readTag());
    }

    @Override
    public int sizeInBytes() {
        return bytes.size();
    }

    @Override
    public String toString() {
        return "command of " + bytes.size() + " bytes";
    }
}
