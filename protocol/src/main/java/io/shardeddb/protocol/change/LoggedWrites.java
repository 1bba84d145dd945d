package io.shardeddb.protocol.change;

import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.VersionedWriteBatch;
import java.util.List;

/**
 * The requests of a logged command, each with the timestamp that its rows get.
 *
 * <p>A row's version is the timestamp of the write that made it. Two writers of one row must never give it the same
 * version: else the first one could not see that the second one came after it. So each request of an entry has a
 * timestamp of its own, and each operation where operations stand alone. Entries of older versions have one for all
 * requests.
 *
 * @param requests in log order; empty when the command writes no rows
 * @param first timestamp of the first request
 * @param step each further timestamp is greater by so much; 0: all requests share the first
 */
public record LoggedWrites(List<LoggedRequest> requests, long first, long step) {

    /** The requests of a command; none when it is of another kind. */
    public static LoggedWrites of(LoggedCommand command) {
        return switch (command.getBodyCase()) {
            case WRITE -> new LoggedWrites(command.getWrite().getRequestsList(), command.getTimestamp(), 0);
            case VERSIONED_WRITE -> {
                VersionedWriteBatch batch = command.getVersionedWrite();
                yield new LoggedWrites(batch.getRequestsList(), batch.getFirstTimestamp(), batch.getTimestampStep());
            }
            default -> new LoggedWrites(List.of(), command.getTimestamp(), 0);
        };
    }

    /** The timestamp of each request's first row, in the requests' order. */
    public long[] firsts() {
        long[] firsts = new long[requests.size()];
        long next = first;
        for (int i = 0; i < firsts.length; i++) {
            firsts[i] = next;
            next += timestamps(requests.get(i)) * step;
        }
        return firsts;
    }

    /** Whether a command writes rows. */
    public static boolean isWrite(LoggedCommand command) {
        return command.hasWrite() || command.hasVersionedWrite();
    }

    /** How many timestamps a request takes. */
    public static int timestamps(LoggedRequest request) {
        return request.getEachAlone() ? Math.max(1, request.getOperationsCount()) : 1;
    }

    /**
     * Whether a request needs an entry with versions, which older servers do not apply: it is conditional, or a step of
     * a transaction.
     */
    public static boolean needsVersions(LoggedRequest request) {
        return request.hasTransaction() || isConditional(request);
    }

    /**
     * Whether one of a request's operations depends on what is there, or stands alone, or its row is to be shown. What
     * a transaction prepares always depends on it.
     */
    public static boolean isConditional(LoggedRequest request) {
        return request.getEachAlone()
                || request.getTransaction().hasPrepare()
                || request.getRowsWantedValue() != 0
                || request.getOperationsList().stream()
                        .anyMatch(operation -> operation.getConditionsCount() > 0
                                || operation.getComputationsCount() > 0
                                || operation.getKind() == OperationKind.CHECK_RANGE);
    }
}
