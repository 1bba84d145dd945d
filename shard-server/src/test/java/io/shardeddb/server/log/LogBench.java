package io.shardeddb.server.log;

import com.google.protobuf.ByteString;
import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.HardState;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.server.log.file.Disk;
import io.shardeddb.server.runtime.FatalError;
import io.shardeddb.server.runtime.Machine;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Drives a log as the runtime does: one thread, batches, and waiting until they are durable. */
final class LogBench implements AutoCloseable {
    static final GroupId GROUP = new GroupId(1, 1);
    static final MemberId MEMBER = new MemberId(7, 7);
    static final LogSettings SMALL = new LogSettings(1 << 20, 4096, 128 << 10, 16 << 10, 5);

    private final Machine surroundings;
    final SharedLog log;
    final CompletableFuture<Throwable> ended = new CompletableFuture<>();

    LogBench(Disk disk) throws IOException {
        FatalError fatal = (what, cause) -> ended.complete(cause);
        surroundings = new Machine(Executors.newSingleThreadScheduledExecutor(), InstantSource.system(), fatal);
        log = SharedLog.open(disk, SMALL, surroundings, fatal);
    }

    /** Makes the group with one voter. */
    GroupLog begin(GroupId group) {
        RecordBatch batch = new RecordBatch();
        GroupLog made = log.begin(batch, group, MEMBER, "db", "sh1");
        batch.marker(made, SnapshotMarker.bootstrap(VoterSet.majority(List.of(new Member(MEMBER, "s@h:1")))), false);
        batch.hardState(made, new HardState(1, MEMBER));
        write(batch);
        return made;
    }

    GroupLog group(GroupId group) {
        return log.groups().stream()
                .filter(g -> g.group().equals(group))
                .findFirst()
                .orElseThrow();
    }

    void write(Consumer<RecordBatch> changes) {
        RecordBatch batch = new RecordBatch();
        changes.accept(batch);
        write(batch);
    }

    void write(RecordBatch batch) {
        @Nullable Long position = submit(batch);
        if (position == null) {
            throw new IllegalStateException("the batch did not become durable");
        }
        batch.written(position);
    }

    /** Absent when the log ended instead. */
    @Nullable
    Long submit(RecordBatch batch) {
        CompletableFuture<Long> durable = new CompletableFuture<>();
        log.submit(batch, durable::complete);
        try {
            CompletableFuture.anyOf(durable, ended).get(10, TimeUnit.SECONDS);
            return durable.isDone() ? durable.get() : null;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    void append(GroupLog group, String text) {
        write(batch -> batch.entry(group, entry(group.lastIndex() + 1, text)));
    }

    static LogEntry entry(long index, String text) {
        LoggedCommand command = LoggedCommand.newBuilder()
                .setTimestamp(index * 10)
                .setWrite(io.shardeddb.protocol.wire.WriteBatch.newBuilder()
                        .addRequests(io.shardeddb.protocol.wire.LoggedRequest.newBuilder()
                                .addTables(text)))
                .build();
        return new LogEntry(index, 1, CommandPayload.ofBytes(ByteString.copyFrom(command.toByteArray())));
    }

    static String text(LogEntry entry) {
        return ((CommandPayload) entry.payload())
                .command()
                .getWrite()
                .getRequests(0)
                .getTables(0);
    }

    static List<String> texts(GroupLog group) {
        return group.entries(group.firstIndex(), group.lastIndex(), Long.MAX_VALUE).stream()
                .filter(entry -> entry.payload() instanceof Payload.Command)
                .map(LogBench::text)
                .toList();
    }

    static Configuration configuration(int voters) {
        return Configuration.of(VoterSet.majority(java.util.stream.IntStream.range(0, voters)
                .mapToObj(i -> new Member(new MemberId(7, i), "server" + i + "@host:" + i))
                .toList()));
    }

    @Override
    public void close() throws IOException {
        log.close();
        surroundings.close();
    }
}
