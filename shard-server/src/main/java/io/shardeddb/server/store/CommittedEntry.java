package io.shardeddb.server.store;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One committed log entry as the state machine sees it.
 *
 * @param index log index, from 1
 * @param term term of the leader that appended it
 * @param command what to do; absent for entries that only move the applied index (a new leader's first entry)
 * @param configuration encoded configuration when the entry is a membership change, kept next to the rows for copies
 * @param verdicts committed verdicts on this entry that are known beforehand, in the order of the log
 */
public record CommittedEntry(
        long index,
        long term,
        @Nullable LoggedCommand command,
        @Nullable ByteString configuration,
        List<Verdict> verdicts) {

    /** The greatest {@link SchemaDefinition#getRules} that is known here. */
    public static final int KNOWN_RULES = 3;

    /** An entry on which no verdict is known beforehand. */
    public CommittedEntry(long index, long term, @Nullable LoggedCommand command, @Nullable ByteString configuration) {
        this(index, term, command, configuration, List.of());
    }

    /**
     * Whether a newer version made the command and this one does not know what it asks for. To apply it as nothing
     * would make this copy differ from the others without anybody noticing.
     */
    public static boolean isUnknown(LoggedCommand command) {
        if (command.hasDefineSchema()) {
            return isUnknown(command.getDefineSchema());
        }
        return command.getBodyCase() == LoggedCommand.BodyCase.BODY_NOT_SET
                && !command.getUnknownFields().asMap().isEmpty();
    }

    /** Whether a newer version made the definition, which means something by it that is not known here. */
    public static boolean isUnknown(SchemaDefinition definition) {
        return Integer.compareUnsigned(definition.getRules(), KNOWN_RULES) > 0;
    }

    /** Whether it changes rows and nothing else, and nothing was decided about it. */
    public boolean changesRowsAlone() {
        return command != null && LoggedWrites.isWrite(command) && configuration == null && verdicts.isEmpty();
    }

    /** Bytes of the command; 0 when there is none. */
    public int size() {
        return command == null ? 0 : command.getSerializedSize();
    }
}
