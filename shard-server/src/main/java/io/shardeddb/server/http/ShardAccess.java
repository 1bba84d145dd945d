package io.shardeddb.server.http;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.stream.SingleAnswer;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.RangeSelection;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.ShardServer;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.runtime.GroupClients;
import io.shardeddb.server.log.ConfigurationCodec;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** One shard's rows by its name: here when this server leads, else by way of the leader. */
@Singleton
final class ShardAccess {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int PAGE_ROWS = 1000;
    /** More rows than this are not put into one answer. */
    private static final int MAX_ROWS = 200_000;

    private final ShardServer server;
    private final GroupClients clients;
    private final String client =
            "http-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    private final AtomicLong numbers = new AtomicLong();

    ShardAccess(ShardServer server) {
        this.server = server;
        clients = new GroupClients(server.runtime());
    }

    /** A shard that has a replica here, with its first table. */
    record Shard(GroupId group, ReplicaView view, DatabaseSchema schema, TableDefinition table) {}

    /** The shard of a name. @throws DatabaseException when it is not here or has no tables yet */
    Shard shard(String name) {
        Map<GroupId, ReplicaView> views = server.runtime().views();
        for (Map.Entry<GroupId, ReplicaView> entry : views.entrySet()) {
            if (entry.getValue().shard().equals(name)) {
                DatabaseSchema schema = entry.getValue().schema();
                if (schema == null || schema.tables().isEmpty()) {
                    throw new DatabaseException(ErrorCode.NOT_INITIALISED, "shard " + name + " has no tables yet");
                }
                return new Shard(
                        entry.getKey(),
                        entry.getValue(),
                        schema,
                        schema.tables().getFirst());
            }
        }
        throw new DatabaseException(
                ErrorCode.NO_SHARD,
                "shard \"" + name + "\" has no replica here; there are "
                        + views.values().stream()
                                .map(ReplicaView::shard)
                                .sorted()
                                .toList());
    }

    /** Writes through the shard's log. Fails with the error that the answer carries. */
    CompletableFuture<WriteReply> write(Shard shard, List<RowOperation> operations) {
        long told = shard.view().leader().getLogMillis();
        return write(shard, operations, told == 0 ? server.runtime().wallMillis() : told)
                .thenCompose(reply -> {
                    String millis = reply.getError().getDetailsOrDefault("millis", "");
                    boolean again = reply.getError().getCode().equals(ErrorCode.REQUEST_TIME.name());
                    // Nothing was begun, so another id, by the shard's time, takes its place.
                    return again && !millis.isEmpty()
                            ? write(shard, operations, Long.parseLong(millis))
                            : CompletableFuture.completedFuture(reply);
                })
                .thenApply(reply -> {
                    if (reply.hasError()) {
                        throw DatabaseException.ofWire(reply.getError());
                    }
                    return reply;
                });
    }

    /** Writes under a new id of this issue time. */
    private CompletableFuture<WriteReply> write(Shard shard, List<RowOperation> operations, long issuedAtMillis) {
        WriteRequest request = WriteRequest.newBuilder()
                .setGroup(ConfigurationCodec.uid(shard.group()))
                .setRequest(RequestId.newBuilder()
                        .setClient(client)
                        .setNumber(numbers.incrementAndGet())
                        .setIssuedAtMillis(issuedAtMillis))
                .setIdOrigin(IdOrigin.ID_OF_SENDER)
                .setSchemaVersion(shard.schema().version())
                .setSchemaHash(shard.schema().hash())
                .setEpoch(shard.view().epoch())
                .addTables(shard.table().name())
                .addAllOperations(operations)
                .setTimeoutMillis(TIMEOUT_MILLIS)
                .build();
        CompletableFuture<WriteReply> answer;
        if (shard.view().role() == Role.LEADER) {
            answer = new CompletableFuture<>();
            server.data().write(request, answer::complete);
        } else {
            answer = asked(reply -> leader(shard).write(request, reply));
        }
        return answer;
    }

    /** All rows between two keys, both included, strongly consistent. */
    CompletableFuture<List<ByteString>> read(Shard shard, RangeSelection range) {
        List<ByteString> rows = new ArrayList<>();
        return page(shard, range.toBuilder().setLimit(PAGE_ROWS).build(), rows, false);
    }

    /** All rows as this very replica has them. */
    CompletableFuture<List<ByteString>> readHere(Shard shard) {
        return page(shard, RangeSelection.newBuilder().setLimit(PAGE_ROWS).build(), new ArrayList<>(), true);
    }

    private CompletableFuture<List<ByteString>> page(
            Shard shard, RangeSelection range, List<ByteString> rows, boolean here) {
        ReadRequest request = ReadRequest.newBuilder()
                .setGroup(ConfigurationCodec.uid(shard.group()))
                .setLevel(here ? ReadLevel.EVENTUAL : ReadLevel.STRONG)
                .setSchemaVersion(shard.schema().version())
                .setSchemaHash(shard.schema().hash())
                .setEpoch(shard.view().epoch())
                .setTable(shard.table().name())
                .setRange(range)
                .setTimeoutMillis(TIMEOUT_MILLIS)
                .build();
        CompletableFuture<ReadReply> answer;
        if (here || shard.view().role() == Role.LEADER) {
            answer = new CompletableFuture<>();
            clients.read(request, answer::complete);
        } else {
            answer = asked(reply -> leader(shard).read(request, reply));
        }
        return answer.thenCompose(reply -> {
            if (reply.hasError()) {
                throw DatabaseException.ofWire(reply.getError());
            }
            rows.addAll(reply.getRowsList());
            if (!reply.getMore() || reply.getRowsCount() == 0) {
                return CompletableFuture.completedFuture(rows);
            }
            if (rows.size() >= MAX_ROWS) {
                throw new DatabaseException(
                        ErrorCode.TOO_LARGE, "more than " + MAX_ROWS + " rows; ask for a smaller range");
            }
            ByteString last = RowCodec.encode(shard.table().keyOf(RowCodec.decode(rows.getLast())));
            return page(
                    shard,
                    range.toBuilder().setFrom(last).setFromExclusive(true).build(),
                    rows,
                    here);
        });
    }

    private DataGrpc.DataStub leader(Shard shard) {
        String address = shard.view().leader().getAddress();
        if (address.isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.NO_LEADER, "no leader of shard " + shard.view().shard() + " is known here");
        }
        return DataGrpc.newStub(server.channels().get(address))
                .withDeadlineAfter(TIMEOUT_MILLIS + 1000L, TimeUnit.MILLISECONDS);
    }

    /** A call of the leader, whose end is not known when it fails. */
    private static <T> CompletableFuture<T> asked(Consumer<StreamObserver<T>> call) {
        SingleAnswer<T> answer = new SingleAnswer<>();
        call.accept(answer);
        return answer.future()
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new DatabaseException(
                        ErrorCode.OUTCOME_UNKNOWN, "the leader did not answer: " + failure.getMessage())));
    }
}
