package io.shardeddb.router.grpc.rows;

import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.api.v1.Column;
import io.shardeddb.protocol.wire.api.v1.DescribeTablesReply;
import io.shardeddb.protocol.wire.api.v1.DescribeTablesRequest;
import io.shardeddb.protocol.wire.api.v1.GetRowReply;
import io.shardeddb.protocol.wire.api.v1.GetRowRequest;
import io.shardeddb.protocol.wire.api.v1.ReadRangeReply;
import io.shardeddb.protocol.wire.api.v1.ReadRangeRequest;
import io.shardeddb.protocol.wire.api.v1.RowsGrpc;
import io.shardeddb.protocol.wire.api.v1.Table;
import io.shardeddb.protocol.wire.api.v1.WriteOutcome;
import io.shardeddb.protocol.wire.api.v1.WriteReply;
import io.shardeddb.protocol.wire.api.v1.WriteRequest;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.grpc.Calls;
import io.shardeddb.router.grpc.GivenOptions;
import io.shardeddb.router.grpc.PacedSender;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Rows over gRPC, by the same reads and writes as over HTTP. */
@Singleton
final class RowsService extends RowsGrpc.RowsImplBase {

    private final Writes writes;
    private final Reads reads;
    private final LatestTopology topology;

    RowsService(Writes writes, Reads reads, LatestTopology topology) {
        this.writes = writes;
        this.reads = reads;
        this.topology = topology;
    }

    @Override
    public void describeTables(DescribeTablesRequest request, StreamObserver<DescribeTablesReply> client) {
        Calls.answer(client, until -> {
            Topology now = topology.current();
            List<TableDefinition> tables = request.getTable().isEmpty()
                    ? now.schema().tables()
                    : List.of(now.schema().table(request.getTable()));
            DescribeTablesReply.Builder reply = DescribeTablesReply.newBuilder();
            tables.forEach(table -> reply.addTables(described(table)));
            return CompletableFuture.completedFuture(reply.build());
        });
    }

    private static Table described(TableDefinition table) {
        Table.Builder described = Table.newBuilder()
                .setName(table.name())
                .addAllPrimaryKey(table.primaryKey())
                .setShardKey(table.shardKey());
        for (ColumnDefinition column : table.columns()) {
            described.addColumns(Column.newBuilder()
                    .setName(column.name())
                    .setType(column.type().text())
                    .setNullable(column.nullable()));
        }
        return described.build();
    }

    @Override
    public void getRow(GetRowRequest request, StreamObserver<GetRowReply> client) {
        Calls.answer(client, until -> {
            ReadOptions options = GivenOptions.read(request.getOptions(), until);
            return reads.withTopology(options, now -> {
                TableDefinition table = WriteMessages.table(now, request.getTable());
                Row key = ValueMessages.key(request.getKey(), table, "key", true);
                Projection projection = RangeMessages.projection(table, request.getColumnsList());
                return reads.row(now, table, key, projection, options)
                        .thenApply(found -> reply(table, projection, found, options.session()));
            });
        });
    }

    private static GetRowReply reply(
            TableDefinition table, Projection projection, Reads.Found found, SessionToken session) {
        Row row = found.row();
        if (row == null) {
            throw new DatabaseException(
                    ErrorCode.ROW_NOT_FOUND,
                    "table " + table.name() + " has no row with this key",
                    Map.of("table", table.name()));
        }
        return GetRowReply.newBuilder()
                .setRow(ValueMessages.message(table, projection.wanted(), row))
                .setVersion(found.version())
                .setSessionToken(session.with(found.indexes()).text())
                .build();
    }

    @Override
    public void readRange(ReadRangeRequest request, StreamObserver<ReadRangeReply> client) {
        PacedSender.start(client, (to, until) -> new RangeSending(reads, request, to).run(until));
    }

    @Override
    public void write(WriteRequest request, StreamObserver<WriteReply> client) {
        Calls.answer(client, until -> written(request, until));
    }

    /** Runs one write. */
    CompletableFuture<WriteReply> written(WriteRequest request, @Nullable Long until) {
        SessionToken session = GivenOptions.session(request.getOptions().getSessionToken());
        return writes.run(
                        GivenOptions.requestId(request.getOptions().getRequestId()),
                        () -> WriteMessages.content(request),
                        now -> WriteMessages.plan(now, request),
                        until)
                .thenApply(result -> WriteAnswers.reply(result, session));
    }

    @Override
    public StreamObserver<WriteRequest> writeStream(StreamObserver<WriteOutcome> client) {
        Long until = Calls.until();
        return new WriteSession(client, request -> {
            try {
                return written(request, until);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }
}
