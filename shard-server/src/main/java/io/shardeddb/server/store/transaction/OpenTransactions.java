package io.shardeddb.server.store.transaction;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PreparedRow;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.TransactionDecision;
import io.shardeddb.protocol.wire.TransactionRecord;
import io.shardeddb.protocol.wire.Uid;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one shard that are not over, at a point of its log. Some are prepared, and hold locks. Others are
 * decided, and not all participants are known to have committed. All this follows from the log alone, so it is the same
 * on every replica.
 *
 * <p>Changed by one thread at a time, in the order of the log. What a transaction of the database must store is
 * {@link #changes}. Others see it through {@link #view}.
 */
public final class OpenTransactions {

    /**
     * Bytes of the rows that one transaction prepares in a shard, at most. They are one value in the database, which
     * takes packets of 16 MiB, and in a statement each byte is two digits.
     */
    public static final long MOST_BYTES_OF_ONE = 7L << 20;

    /** Bytes that all prepared transactions of a shard have together, at most: every replica has them in memory. */
    public static final long MOST_BYTES = 32L << 20;

    /** A record with its place, which is its key in the database. */
    private record Kept<T>(LogPlace place, T record) {}

    private final Map<Attempt, Kept<PreparedTransaction>> prepared = new LinkedHashMap<>();
    private final Map<Attempt, Kept<TransactionDecision>> decisions = new LinkedHashMap<>();
    private final TransactionView view;
    private long preparedBytes;

    /** Records to store, or to remove where there is none. */
    private final Map<LogPlace, @Nullable TransactionRecord> changes = new TreeMap<>();

    /** Places of which the database has no record yet. */
    private final Set<LogPlace> fresh = new HashSet<>();

    /** None. */
    public OpenTransactions() {
        this(Map.of());
    }

    /** As they are stored. */
    public OpenTransactions(Map<LogPlace, TransactionRecord> stored) {
        view = new TransactionView();
        stored.forEach((place, record) -> {
            switch (record.getKindCase()) {
                case PREPARED -> keep(new Kept<>(place, record.getPrepared()));
                case DECISION -> decide(new Kept<>(place, record.getDecision()));
                case KIND_NOT_SET ->
                    throw new IllegalArgumentException("the transaction at " + place + " is of an unknown kind");
            }
        });
    }

    /** What other threads may look at. */
    public TransactionView view() {
        return view;
    }

    /** Whether any is prepared, so that keys may be locked. */
    public boolean anyPrepared() {
        return !prepared.isEmpty();
    }

    /** Bytes of all that is prepared. Of what is about to be, the keys alone. */
    public long preparedBytes() {
        return preparedBytes;
    }

    /**
     * Whether a transaction has what a request needs.
     *
     * @param tables finds the definition of a table
     */
    public boolean isLocked(LockNeeds needs, Function<String, @Nullable TableDefinition> tables) {
        return !view.holders(needs, tables).isEmpty();
    }

    /**
     * Locks what a transaction needs whose prepare is about to run. It ends in {@link #prepared} or {@link #dropped}.
     */
    public void preparing(LogPlace place, PreparedTransaction transaction, LockNeeds needs) {
        PreparedTransaction.Builder locked = transaction.toBuilder().clearRows().clearRanges();
        needs.ranges().forEach(range -> locked.addRanges(range.toWire()));
        needs.keys()
                .forEach(key -> locked.addRows(PreparedRow.newBuilder()
                        .setTable(key.table())
                        .setKey(key.key())
                        .setUnchanged(true)));
        fresh.add(place);
        keep(new Kept<>(place, locked.build()));
    }

    /** The prepare has run, and these are the rows as the transaction leaves them: the same keys as were locked. */
    public void prepared(Attempt attempt, List<PreparedRow> rows) {
        Kept<PreparedTransaction> kept = prepared.get(attempt);
        if (kept == null) {
            throw new IllegalStateException("attempt " + attempt + " is not being prepared");
        }
        PreparedTransaction whole =
                kept.record().toBuilder().clearRows().addAllRows(rows).build();
        put(attempt, new Kept<>(kept.place(), whole));
        changes.put(
                kept.place(), TransactionRecord.newBuilder().setPrepared(whole).build());
    }

    /** What an attempt has prepared here; {@code null} when nothing is. */
    public @Nullable PreparedTransaction findPrepared(Attempt attempt) {
        Kept<PreparedTransaction> kept = prepared.get(attempt);
        return kept == null ? null : kept.record();
    }

    /** The prepare has failed, or the transaction was released: its keys are free, and its rows as they were. */
    public void dropped(Attempt attempt) {
        remove(attempt);
    }

    /**
     * The transaction is committed here.
     *
     * @param index of the entry that committed it: who waited for its locks must see that entry
     */
    public void committed(Attempt attempt, long index) {
        view.committed(index);
        remove(attempt);
    }

    private void remove(Attempt attempt) {
        Kept<PreparedTransaction> kept = prepared.remove(attempt);
        if (kept != null) {
            preparedBytes -= kept.record().getSerializedSize();
            view.unlocked(attempt, kept.record());
            removed(kept.place());
        }
    }

    private void removed(LogPlace place) {
        if (fresh.remove(place)) {
            changes.remove(place);
        } else {
            changes.put(place, null);
        }
    }

    private void keep(Kept<PreparedTransaction> kept) {
        Attempt attempt = Attempt.of(kept.record().getAttempt());
        put(attempt, kept);
        view.locked(attempt, kept.record());
    }

    private void put(Attempt attempt, Kept<PreparedTransaction> kept) {
        Kept<PreparedTransaction> before = prepared.put(attempt, kept);
        preparedBytes += kept.record().getSerializedSize()
                - (before == null ? 0 : before.record().getSerializedSize());
    }

    /** This shard has decided to commit a transaction. */
    public void decided(LogPlace place, TransactionDecision decision) {
        Kept<TransactionDecision> kept = new Kept<>(place, decision);
        decide(kept);
        fresh.add(place);
        store(kept);
    }

    private void decide(Kept<TransactionDecision> kept) {
        Attempt attempt = Attempt.of(kept.record().getAttempt());
        decisions.put(attempt, kept);
        view.decided(attempt, kept.record());
    }

    private void store(Kept<TransactionDecision> kept) {
        changes.put(
                kept.place(),
                TransactionRecord.newBuilder().setDecision(kept.record()).build());
    }

    /** The decision on an attempt; {@code null} when none is known. */
    public @Nullable TransactionDecision findDecision(Attempt attempt) {
        Kept<TransactionDecision> kept = decisions.get(attempt);
        return kept == null ? null : kept.record();
    }

    /** These participants have committed an attempt. When all have, the decision need not be known any more. */
    public void acknowledged(Attempt attempt, Set<Uid> participants) {
        Kept<TransactionDecision> kept = decisions.get(attempt);
        if (kept == null) {
            return;
        }
        List<Participant> left = kept.record().getParticipantsList().stream()
                .filter(each -> !participants.contains(each.getGroup()))
                .toList();
        if (left.isEmpty()) {
            decisions.remove(attempt);
            view.forgotten(attempt);
            removed(kept.place());
            return;
        }
        Kept<TransactionDecision> fewer = new Kept<>(
                kept.place(),
                kept.record().toBuilder()
                        .clearParticipants()
                        .addAllParticipants(left)
                        .build());
        decide(fewer);
        store(fewer);
    }

    /**
     * Records to store at their places, and places to clear where the record is {@code null}, since the last storing.
     */
    public Map<LogPlace, @Nullable TransactionRecord> changes() {
        return changes;
    }

    /** All changes are stored. */
    public void stored() {
        changes.clear();
        fresh.clear();
    }
}
