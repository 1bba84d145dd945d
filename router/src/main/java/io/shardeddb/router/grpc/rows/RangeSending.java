package io.shardeddb.router.grpc.rows;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.api.v1.RangeEnd;
import io.shardeddb.protocol.wire.api.v1.ReadRangeReply;
import io.shardeddb.protocol.wire.api.v1.ReadRangeRequest;
import io.shardeddb.router.forward.RangeRead;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.grpc.Chunks;
import io.shardeddb.router.grpc.GivenOptions;
import io.shardeddb.router.grpc.PacedSender;
import io.shardeddb.router.route.Continuation;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.topology.Topology;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The rows of a range on their way to a client, in messages of some kilobytes. Blocks. */
final class RangeSending {

    private final Reads reads;
    private final ReadRangeRequest request;
    private final PacedSender<ReadRangeReply> client;

    private final Chunks<io.shardeddb.protocol.wire.api.v1.Row, ReadRangeReply> chunks;
    private @Nullable Row last;

    RangeSending(Reads reads, ReadRangeRequest request, PacedSender<ReadRangeReply> client) {
        this.reads = reads;
        this.request = request;
        this.client = client;
        chunks = new Chunks<>(
                client, rows -> ReadRangeReply.newBuilder().addAllRows(rows).build());
    }

    /** What a range was read as: a page if its rows are few. */
    private record Begun(RangeRead read, Reads.Page page) {}

    /** Sends all of it. @throws io.shardeddb.protocol.error.DatabaseException when it is not whole */
    void run(@Nullable Long until) throws InterruptedException {
        ReadOptions options = GivenOptions.read(request.getOptions(), until);
        Begun begun;
        try {
            begun = reads.withTopology(options, now -> begin(now, options)).join();
        } catch (CompletionException e) {
            throw Writes.error(e);
        }
        RangeRead read = begun.read();
        Reads.Page page = begun.page();
        if (page.complete()) {
            if (send(read, page.rows().iterator())) {
                end(
                        read,
                        page.more(),
                        false,
                        options.session().with(page.indexes()).text());
            }
            return;
        }
        try (RangeStream stream = reads.stream(read)) {
            client.from(stream);
            if (send(read, stream)) {
                end(read, stream.more(), stream.leftCut(), "");
            }
        }
    }

    private CompletableFuture<Begun> begin(Topology now, ReadOptions options) {
        TableDefinition table = WriteMessages.table(now, request.getTable());
        RangeRead read = new RangeRead(
                now,
                table,
                RangeMessages.range(request, table),
                RangeMessages.projection(table, request.getColumnsList()),
                RangeMessages.limit(request),
                options);
        return reads.page(read).thenApply(page -> new Begun(read, page));
    }

    /** Sends rows; false when the client is gone. The last ones are kept for the message that ends the answer. */
    private boolean send(RangeRead read, Iterator<Row> rows) throws InterruptedException {
        Projection projection = read.projection();
        while (rows.hasNext()) {
            Row row = rows.next();
            io.shardeddb.protocol.wire.api.v1.Row message =
                    ValueMessages.message(read.table(), projection.wanted(), row);
            last = row;
            if (!chunks.add(message, message.getSerializedSize())) {
                return false;
            }
        }
        return true;
    }

    private void end(RangeRead read, boolean more, boolean severalMoments, String session) throws InterruptedException {
        Row key = last;
        RangeEnd.Builder end = RangeEnd.newBuilder()
                .setCount(chunks.count())
                .setSeveralMoments(severalMoments)
                .setSessionToken(session);
        if (more && key != null) {
            end.setContinuation(Continuation.after(read.projection().keyOf(key)));
        }
        var _ = client.send(ReadRangeReply.newBuilder()
                .addAllRows(chunks.rest())
                .setEnd(end)
                .build());
    }
}
