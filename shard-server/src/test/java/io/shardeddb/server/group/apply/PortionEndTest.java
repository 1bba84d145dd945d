package io.shardeddb.server.group.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.protocol.wire.WriteBatch;
import io.shardeddb.server.log.CommandPayload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

public class PortionEndTest {

    static final LoggedCommand WRITE =
            LoggedCommand.newBuilder().setWrite(WriteBatch.getDefaultInstance()).build();
    static final LoggedCommand DEFINITION = LoggedCommand.newBuilder()
            .setDefineSchema(SchemaDefinition.getDefaultInstance())
            .build();
    public static final LoggedCommand UNKNOWN = LoggedCommand.newBuilder()
            .setTimestamp(7)
            .setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(
                            1000,
                            UnknownFieldSet.Field.newBuilder()
                                    .addLengthDelimited(ByteString.copyFromUtf8("new"))
                                    .build())
                    .build())
            .build();

    private static LoggedCommand verdict(long entry) {
        return LoggedCommand.newBuilder()
                .setVerdict(Verdict.newBuilder().setEntry(entry))
                .build();
    }

    /** Entries from index 11, which came over the wire. */
    private static int end(LoggedCommand... commands) {
        List<LogEntry> entries = new ArrayList<>();
        for (LoggedCommand command : commands) {
            entries.add(new LogEntry(11 + entries.size(), 1, CommandPayload.ofBytes(command.toByteString())));
        }
        return PortionEnd.of(entries);
    }

    @Test
    void goesOnToTheEndOfWhatIsCommitted() {
        assertThat(end(WRITE, WRITE, verdict(3))).isEqualTo(3);
        assertThat(end(LoggedCommand.getDefaultInstance(), WRITE)).isEqualTo(2);
    }

    /** There the members are compared: one that has carried out what the verdict refuses is found at once. */
    @Test
    void endsBehindAVerdict() {
        assertThat(end(WRITE, verdict(3), WRITE)).isEqualTo(2);
        assertThat(end(verdict(3), verdict(4))).isEqualTo(1);
    }

    @Test
    void leavesADefinitionAlone() {
        assertThat(end(WRITE, WRITE, DEFINITION, WRITE)).isEqualTo(2);
        assertThat(end(DEFINITION, WRITE)).isEqualTo(1);
        assertThat(end(DEFINITION, DEFINITION, verdict(11))).isEqualTo(1);
    }

    @Test
    void stopsBeforeWhatItDoesNotKnow() {
        assertThat(end(WRITE, UNKNOWN, WRITE)).isEqualTo(1);
        assertThat(end(UNKNOWN, WRITE)).isZero();
        assertThat(end(DEFINITION, UNKNOWN, verdict(11))).isEqualTo(1);
    }
}
