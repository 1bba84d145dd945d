package io.shardeddb.router.fake;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The steps of transactions over a fake shard's rows, by the rules of the real servers. */
final class FakeTransactions {

    /** @param rows as the transaction leaves them; no row: it removes that */
    private record Prepared(Uid decider, Map<Row, @Nullable Row> rows) {}

    private final Map<String, Prepared> prepared = new LinkedHashMap<>();
    /** These two are used by other shards too, without the lock of this one. */
    private final Map<String, Long> decided = new ConcurrentHashMap<>();

    private final Set<String> closed = ConcurrentHashMap.newKeySet();

    /** At each shard an attempt has an issue time of its own. */
    private static String name(RequestId attempt) {
        return attempt.getClient() + "/" + attempt.getNumber();
    }

    void clear() {
        prepared.clear();
        decided.clear();
        closed.clear();
    }

    /** Keys of a request's operations, whichever list they are in. */
    private static List<Row> keys(WriteRequest request, TableDefinition table) {
        List<RowOperation> operations = request.getOperationsCount() > 0
                ? request.getOperationsList()
                : request.getConditionalOperationsCount() > 0
                        ? request.getConditionalOperationsList()
                        : request.getTransactionOperationsList();
        return operations.stream()
                .map(operation -> operation.getKey().isEmpty()
                        ? table.keyOf(RowCodec.decode(
                                operation.getRow(), table.columns().size()))
                        : RowCodec.decode(operation.getKey(), table.keySize()))
                .toList();
    }

    /** Refuses a request that needs a row which a transaction has locked. */
    void requireFree(WriteRequest request, TableDefinition table) {
        if (prepared.isEmpty()) {
            return;
        }
        List<Row> keys = keys(request, table);
        boolean locked = prepared.values().stream()
                .anyMatch(each -> each.rows().keySet().stream().anyMatch(keys::contains));
        if (locked) {
            throw new DatabaseException(ErrorCode.LOCKED, "a transaction has locked a row");
        }
    }

    /** Refuses to decide an attempt that was given up. */
    void requireOpen(RequestId attempt) {
        if (closed.contains(name(attempt))) {
            throw new DatabaseException(ErrorCode.TRANSACTION_RELEASED, "the attempt was given up");
        }
    }

    /** Keeps what the rows would be, and is to be followed by taking the change back. */
    void prepare(WriteRequest request, TableDefinition table, NavigableMap<Row, Row> after) {
        Map<Row, @Nullable Row> rows = new HashMap<>();
        keys(request, table).forEach(key -> rows.put(key, after.get(key)));
        prepared.put(
                name(request.getRequest()),
                new Prepared(request.getTransaction().getPrepare().getDecider().getGroup(), rows));
    }

    /** The answer of a decision that has run. */
    void decide(DecideStep step, WriteReply.Builder reply) {
        decided.put(name(step.getAttempt()), reply.getTimestamp());
        reply.setDecidedAttempt(step.getAttempt()).addAllWholeAffected(step.getAffectedList());
        for (int i = 0; i < step.getOwnCount(); i++) {
            reply.setWholeAffected(step.getOwn(i), reply.getAffected(i));
        }
    }

    void commit(RequestId attempt, NavigableMap<Row, Row> rows) {
        commit(name(attempt), rows);
    }

    private void commit(String attempt, NavigableMap<Row, Row> rows) {
        Prepared found = prepared.remove(attempt);
        if (found != null) {
            found.rows().forEach((key, row) -> {
                if (row == null) {
                    rows.remove(key);
                } else {
                    rows.put(key, row);
                }
            });
        }
    }

    void release(RequestId attempt) {
        release(name(attempt));
    }

    private void release(String attempt) {
        prepared.remove(attempt);
        closed.add(attempt);
    }

    boolean isClosed(RequestId attempt) {
        return closed.contains(name(attempt));
    }

    /** Commits what its decider has decided: readers of the real servers wait until that is done. */
    void commitDecided(Function<Uid, FakeTransactions> deciders, NavigableMap<Row, Row> rows) {
        Map.copyOf(prepared).forEach((attempt, each) -> {
            if (deciders.apply(each.decider()).decided.containsKey(attempt)) {
                commit(attempt, rows);
            }
        });
    }

    /** Ends all that is left open, as the servers do by themselves after a while: what is not decided is given up. */
    void resolve(Function<Uid, FakeTransactions> deciders, NavigableMap<Row, Row> rows) {
        commitDecided(deciders, rows);
        Map.copyOf(prepared).forEach((attempt, each) -> {
            deciders.apply(each.decider()).closed.add(attempt);
            release(attempt);
        });
    }
}
