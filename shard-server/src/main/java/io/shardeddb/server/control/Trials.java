package io.shardeddb.server.control;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.TryTablesReply;
import io.shardeddb.protocol.wire.TryTablesRequest;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.Stores;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.StoreUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tables that are tried for the operator, each trial on a thread of its own: nothing of a shard waits for it. */
final class Trials {
    /** After this the operator hears that it was not found out, whatever the database still does. */
    private static final long LIMIT_MILLIS = 12_000;

    private final Stores stores;

    Trials(Stores stores) {
        this.stores = stores;
    }

    CompletableFuture<TryTablesReply> run(TryTablesRequest request) {
        CompletableFuture<TryTablesReply> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("try-tables").start(() -> {
            try {
                answer.complete(attempt(request));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.completeOnTimeout(
                failed(ErrorCode.STORE_UNAVAILABLE, "the tables were not tried within " + LIMIT_MILLIS + " ms"),
                LIMIT_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private TryTablesReply attempt(TryTablesRequest request) {
        @Nullable DatabaseSchema present;
        try {
            // What is no schema is refused before the database is asked.
            var _ = DatabaseSchema.ofWire(request.getSchema());
            present = request.hasPresent() ? DatabaseSchema.ofWire(request.getPresent()) : null;
        } catch (DatabaseException | IllegalArgumentException e) {
            return failed(ErrorCode.INVALID_SCHEMA, String.valueOf(e.getMessage()));
        }
        try {
            StoreFactory.Trial trial = stores.tryTables(present, request.getSchema());
            TryTablesReply.Builder reply = TryTablesReply.newBuilder().setEngine(trial.engine());
            String refusal = trial.refusal();
            return refusal == null
                    ? reply.build()
                    : reply.setError(Answers.error(ErrorCode.INVALID_SCHEMA, refusal))
                            .build();
        } catch (StoreUnavailableException e) {
            return failed(ErrorCode.STORE_UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    private static TryTablesReply failed(ErrorCode code, String message) {
        return TryTablesReply.newBuilder()
                .setError(Answers.error(code, message))
                .build();
    }
}
