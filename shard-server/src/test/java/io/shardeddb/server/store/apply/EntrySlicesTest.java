package io.shardeddb.server.store.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.wire.ChecksumMark;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.WriteBatch;
import io.shardeddb.server.store.CommittedEntry;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EntrySlicesTest {

    private static CommittedEntry write(int operations, int bytesEach) {
        RowOperation operation = RowOperation.newBuilder()
                .setRow(ByteString.copyFrom(new byte[bytesEach]))
                .build();
        LoggedRequest request = LoggedRequest.newBuilder()
                .addAllOperations(Collections.nCopies(operations, operation))
                .build();
        return entry(LoggedCommand.newBuilder().setWrite(WriteBatch.newBuilder().addRequests(request)));
    }

    private static CommittedEntry entry(LoggedCommand.Builder command) {
        return new CommittedEntry(1, 1, command.build(), null);
    }

    private static List<Integer> sizes(List<CommittedEntry> entries) {
        return EntrySlices.of(entries).stream().map(List::size).toList();
    }

    @Test
    void smallEntriesShareATransaction() {
        assertThat(sizes(Collections.nCopies(3_000, write(1, 10)))).containsExactly(1_024, 1_024, 952);
    }

    @Test
    void manyBytesEndATransaction() {
        assertThat(sizes(Collections.nCopies(6, write(3, 1 << 20)))).containsExactly(3, 3);
    }

    @Test
    void manyOperationsEndATransaction() {
        assertThat(sizes(Collections.nCopies(9, write(6_000, 1)))).containsExactly(4, 4, 1);
        assertThat(sizes(IntStream.of(100_000, 1, 1)
                        .mapToObj(operations -> write(operations, 1))
                        .toList()))
                .containsExactly(1, 2);
    }

    @Test
    void aDefinitionIsAloneAndAChecksumLast() {
        CommittedEntry row = write(1, 10);
        CommittedEntry definition =
                entry(LoggedCommand.newBuilder().setDefineSchema(SchemaDefinition.getDefaultInstance()));
        CommittedEntry checksum = entry(LoggedCommand.newBuilder().setChecksum(ChecksumMark.getDefaultInstance()));
        assertThat(sizes(List.of(row, definition, row, row, checksum, row))).containsExactly(1, 1, 3, 1);
    }
}
