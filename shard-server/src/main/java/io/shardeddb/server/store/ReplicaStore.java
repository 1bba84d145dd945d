package io.shardeddb.server.store;

import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.server.store.transaction.TransactionView;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of one group replica: its rows, its exactly-once records and the index up to which the log is in
 * them.
 *
 * <p>{@link #apply}, {@link #flush} and {@link #beginInstall} are called by one thread at a time; reads and
 * {@link #openSnapshot} run next to them. Any method throws {@link StoreUnavailableException} when the environment
 * fails (connection, disk, lock time-out): nothing of the call may then be taken for a result; the caller reports
 * itself stalled and tries again from {@link #applied()}.
 */
public interface ReplicaStore extends AutoCloseable {

    /**
     * Reads from the database what is applied; never a cached value. Less than before means that the database was
     * killed and came back without its last commits: reads on this store then fail until they are applied again.
     */
    AppliedState applied() throws StoreUnavailableException;

    /**
     * Applies committed entries in order and in as few transactions as their kinds allow, storing the new applied state
     * in the same transactions. Verdicts anywhere in the list hold for the entries before them, and those that an entry
     * carries for itself.
     *
     * <p>Returns one outcome for each entry. When it throws, entries at the front of the list may be applied all the
     * same, each with its own transaction's index: {@link #applied()} says, and their outcomes are lost to the caller.
     *
     * @param entries contiguous, the first one following {@link AppliedState#index()}
     * @param certain hears the outcomes of all entries when they cannot become others any more but are not yet applied;
     *     not called when there is no such moment. What it hears holds whatever happens to the call, because it follows
     *     from the log alone: entries that are applied again have the same outcomes. Called by the caller's thread, at
     *     most once
     * @throws UnresolvedRequestException when a request needs a verdict that the list does not hold
     */
    List<EntryOutcome> apply(List<CommittedEntry> entries, Consumer<List<EntryOutcome>> certain)
            throws StoreUnavailableException, UnresolvedRequestException;

    /** The same for callers who wait until everything is applied. */
    default List<EntryOutcome> apply(List<CommittedEntry> entries)
            throws StoreUnavailableException, UnresolvedRequestException {
        return apply(entries, outcomes -> {});
    }

    /**
     * Runs committed entries in a transaction that stays open, so that more of them cost less. Their outcomes are
     * certain, but no reader sees them before {@link #settle}. {@link #apply}, and anything else that needs the tables,
     * settles first. When this or the settling throws, nothing that was held is applied.
     *
     * @param entries contiguous, the first one following the last one that was applied or held
     * @return one outcome for each entry; {@code null} when they cannot be held. They have had no effect then, and what
     *     was held before is settled: apply them
     */
    @Nullable
    List<EntryOutcome> hold(List<CommittedEntry> entries) throws StoreUnavailableException, UnresolvedRequestException;

    /** Lets readers see what is held, if anything is. */
    void settle() throws StoreUnavailableException;

    /**
     * The transactions over several shards that this one has prepared or decided, at least as new as what was answered
     * to anybody. After a failure another object has them: ask each time. Any thread. A store of a model that knows no
     * transactions has none.
     */
    default TransactionView transactions() {
        return TransactionView.NONE;
    }

    /** Makes everything applied so far durable and returns it: the log may be purged up to its index. */
    AppliedState flush() throws StoreUnavailableException;

    /**
     * Reads one page of a range, or keys. Levels and waiting are the caller's; schema version, epoch and interval are
     * checked here, in the same view as the rows.
     */
    ReadReply read(ReadRequest request) throws StoreUnavailableException;

    /**
     * Reads keys for many requests at once: as {@link #read} for each, but those of one table and the same columns
     * share a statement and its view.
     *
     * @param requests selections by keys
     * @return one answer for each
     */
    List<ReadReply> readKeys(List<ReadRequest> requests) throws StoreUnavailableException;

    /**
     * Streams a range in chunks under one view. The first chunk tells the index that the view shows.
     *
     * @param chunks takes each chunk and says whether to go on; may block to slow the scan down
     * @return the end to send as the last message
     */
    ScanEnd scan(ReadRequest request, Predicate<ScanChunk> chunks) throws StoreUnavailableException;

    /** Opens a view of all rows that stays as it is while entries are applied. A change of the tables ends it. */
    default RowsView openView() throws StoreUnavailableException {
        throw new StoreUnavailableException("this store has no views that stay open");
    }

    /** Checksums of all tables in one view, and through {@link AppliedState} the index they belong to. */
    Checksums checksums() throws StoreUnavailableException;

    /**
     * Opens a consistent view for a copy; hold it for as long as chunks are fetched. May be called while entries are
     * applied: the view holds the applied state and the rows of one moment. A change of the tables ends it, or refuses
     * it when it is going on.
     */
    SnapshotSource openSnapshot() throws StoreUnavailableException;

    /**
     * Starts (or goes on with) taking over another replica's state. Partial rows of another copy id are cleared first;
     * until {@link SnapshotSink#complete} the replica has no applied state.
     */
    SnapshotSink beginInstall(String copyId) throws StoreUnavailableException;

    /**
     * The copy id of an installation that was begun and not completed; absent when there is none. Until it is completed
     * (or the store is dropped) nothing can be applied.
     */
    @Nullable
    String unfinishedInstall() throws StoreUnavailableException;

    /**
     * The index of a copy that was completed and not yet told to be in the log; -1 when there is none. A log that ends
     * before it was not rolled back: its process ended between the two.
     */
    long copiedIndex() throws StoreUnavailableException;

    /** The log begins behind the completed copy by now: {@link #copiedIndex} need not bridge anything any more. */
    void forgetCopy() throws StoreUnavailableException;

    /** Removes the schema and everything in it. */
    void drop() throws StoreUnavailableException;

    /** Ends what is going on. What is held and not settled is rolled back. */
    @Override
    void close();

    /** Checksums of one view. */
    record Checksums(AppliedState at, List<TableChecksum> tables) {}
}
