package io.shardeddb.server.store.transaction;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.PreparedRow;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.TransactionDecision;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What others than the applying thread see of a shard's open transactions. It is at least as new as what was answered
 * to anybody. One thread changes it; any thread may look.
 *
 * <p>A reader looks at the locks first, and at {@link #committedThrough} afterwards. If a lock that mattered to it is
 * gone, then the entry that committed the transaction is at or below that index.
 */
public final class TransactionView {

    /** Of no transactions; nobody changes it. */
    public static final TransactionView NONE = new TransactionView();

    private final Map<LockKey, Attempt> locks = new ConcurrentHashMap<>();
    private final Map<Attempt, List<LockRange>> ranges = new ConcurrentHashMap<>();
    private final Map<Attempt, PreparedTransaction> prepared = new ConcurrentHashMap<>();
    private final Map<Attempt, TransactionDecision> decisions = new ConcurrentHashMap<>();
    private volatile long committedThrough;

    void locked(Attempt attempt, PreparedTransaction transaction) {
        prepared.put(attempt, transaction);
        for (PreparedRow row : transaction.getRowsList()) {
            locks.put(new LockKey(row.getTable(), row.getKey()), attempt);
        }
        if (transaction.getRangesCount() > 0) {
            ranges.put(
                    attempt,
                    transaction.getRangesList().stream().map(LockRange::of).toList());
        }
    }

    void unlocked(Attempt attempt, PreparedTransaction transaction) {
        for (PreparedRow row : transaction.getRowsList()) {
            locks.remove(new LockKey(row.getTable(), row.getKey()), attempt);
        }
        ranges.remove(attempt);
        prepared.remove(attempt);
    }

    void committed(long index) {
        committedThrough = Math.max(committedThrough, index);
    }

    void decided(Attempt attempt, TransactionDecision decision) {
        decisions.put(attempt, decision);
    }

    void forgotten(Attempt attempt) {
        decisions.remove(attempt);
    }

    /** Who has locked a key; {@code null} when nobody has. */
    public @Nullable Attempt holder(LockKey key) {
        return locks.get(key);
    }

    /** Who has locked one of some keys. */
    public Set<Attempt> holders(Collection<LockKey> keys) {
        if (locks.isEmpty()) {
            return Set.of();
        }
        Set<Attempt> holders = new HashSet<>();
        for (LockKey key : keys) {
            Attempt holder = locks.get(key);
            if (holder != null) {
                holders.add(holder);
            }
        }
        return holders;
    }

    /**
     * Who has what a request needs: one of its rows, a range with one of its rows, or a row of one of its ranges.
     *
     * @param tables finds the definition of a table
     */
    public Set<Attempt> holders(LockNeeds needs, Function<String, @Nullable TableDefinition> tables) {
        if (prepared.isEmpty()) {
            return Set.of();
        }
        Set<Attempt> holders = new HashSet<>(holders(needs.keys()));
        ranges.forEach((attempt, read) -> {
            if (LockNeeds.anyWithin(needs.keys(), read, tables)) {
                holders.add(attempt);
            }
        });
        if (!needs.ranges().isEmpty()) {
            locks.forEach((key, holder) -> {
                if (LockNeeds.anyWithin(Set.of(key), needs.ranges(), tables)) {
                    holders.add(holder);
                }
            });
        }
        return holders;
    }

    /** Who has locked any key of a table. */
    public Set<Attempt> holdersIn(String table) {
        if (locks.isEmpty()) {
            return Set.of();
        }
        Set<Attempt> holders = new HashSet<>();
        locks.forEach((key, holder) -> {
            if (key.table().equals(table)) {
                holders.add(holder);
            }
        });
        return holders;
    }

    /** Who has locked any key. */
    public Set<Attempt> holdersOfRows() {
        return locks.isEmpty() ? Set.of() : new HashSet<>(locks.values());
    }

    /** Whether a transaction is prepared. */
    public boolean isPrepared(Attempt attempt) {
        return prepared.containsKey(attempt);
    }

    /** Whether any is prepared. */
    public boolean anyPrepared() {
        return !prepared.isEmpty();
    }

    /** What an attempt has prepared; {@code null} when nothing is. */
    public @Nullable PreparedTransaction prepared(Attempt attempt) {
        return prepared.get(attempt);
    }

    /** The transactions that are prepared now. */
    public List<PreparedTransaction> prepared() {
        return List.copyOf(prepared.values());
    }

    /** Whether decisions wait for their participants. */
    public boolean anyDecision() {
        return !decisions.isEmpty();
    }

    /** Whether an attempt was decided, and not all participants are known to have committed it. */
    public boolean isDecided(Attempt attempt) {
        return decisions.containsKey(attempt);
    }

    /** The decisions whose participants are not all known to have committed. */
    public List<TransactionDecision> decisions() {
        return List.copyOf(decisions.values());
    }

    /** Index of the last entry that committed a transaction here. */
    public long committedThrough() {
        return committedThrough;
    }
}
