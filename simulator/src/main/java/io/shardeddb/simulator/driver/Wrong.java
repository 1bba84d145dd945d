package io.shardeddb.simulator.driver;

import io.shardeddb.simulator.driver.rows.Breach;
import java.util.Arrays;
import java.util.List;

/** What is done wrong in a run, by a port that does not keep its promise. */
enum Wrong {
    /** Nothing. */
    NOTHING,
    /** The disk says forced when it is not: votes, acknowledgements and held rows are told before they are durable. */
    FORCE_DOES_NOTHING,
    /** New segments and manifests are named in memory alone. */
    DIRECTORY_NOT_FORCED,
    /** After a deadlock has rolled a transaction back, its last entries are run again, and not what was held before. */
    GOES_ON_AFTER_DEADLOCK,
    /** What requests came to is remembered although the transaction that says so was lost. */
    RECORDS_KEPT_OVER_FAILURE,
    /** What is applied is read without the lock that an old connection's late commit still has. */
    LATE_COMMIT_NOT_WAITED_FOR,
    /** A copy leaves no mark next to its rows until the log begins behind it. */
    COPY_WITHOUT_MARK,
    /** A copy is of the rows alone. */
    COPY_OF_ROWS_ALONE,
    /** The log is purged up to what is applied, durable or not. */
    FLUSH_DOES_NOTHING,
    /** What is only held is told as applied: it is read between hold and commit. */
    HELD_TOLD_AS_APPLIED,
    /** What is applied is told one too high. */
    APPLIED_TOLD_TOO_HIGH,
    /** Readers do not notice that the database came back without its last commits. */
    LOST_COMMITS_NOT_SEEN,
    /** What is applied is committed apart from the rows: of a failed commit it alone may be there. */
    APPLIED_ROW_COMMITTED_APART,
    /** What requests came to is remembered by the process alone. */
    RECORDS_IN_MEMORY_ALONE,
    /** A copy is of two views: its rows are of a later one than what it says is applied. */
    COPY_OF_TWO_VIEWS,
    /** A router takes a decision whose answer it does not have for one that was not made, and releases the others. */
    RELEASED_AFTER_DECISION_WAS_SENT(true),
    /** A decision that meets a lock is given up, although it was sent before and may have run. */
    LOCKED_DECISION_TAKEN_FOR_THE_FIRST(true),
    /** A participant takes it that nothing was decided because time has passed. */
    ENDED_BY_TIME(true),
    /** Participants are told to be done before they are: the decider forgets what it decided. */
    FORGOTTEN_BEFORE_COMMIT(true),
    /** Entries share a run, although one needs to know what a prepare before it comes to. */
    ENTRIES_RUN_TOGETHER_BLINDLY(true),
    /** What was decided is not stored. */
    DECISIONS_NOT_STORED(true),
    /** A copy has no transactions that are prepared or decided. */
    COPY_WITHOUT_TRANSACTIONS(true),
    /** What is prepared and decided is known to the process alone. */
    TRANSACTIONS_IN_MEMORY_ALONE(true),
    /** A decision does not know when the others prepared, so its version may be less. */
    DECIDED_BELOW_PREPARES(true),
    /** Readers and writers do not look whether a row is locked. */
    LOCKS_NOT_LOOKED_AT(true),
    /** A plan that follows another one takes nothing to have been sent before. */
    PLANNED_AGAIN_AS_NEW(true),
    /** Nobody asks whether anything came while the views of a cut were opened. */
    CUT_NOT_CHECKED(true),
    /** What a shard has prepared is taken for undecided by readers. */
    DECIDERS_NOT_ASKED(true),
    /** A decider that knows of no decision is believed, although it may have forgotten it. */
    LOCKS_LOOKED_AT_ONCE(true),
    /** What a serializable transaction has read is not looked at again. */
    READS_NOT_VALIDATED(true),
    /** What it has read is looked at again before it prepares, and not locked until it is decided. */
    READS_VALIDATED_TOO_EARLY(true),
    /** All attempts of a request have one id. */
    ATTEMPTS_SHARE_AN_ID(true),
    /** All requests of an entry give their rows one version. */
    VERSIONS_SHARED_IN_ENTRY(true),
    /** A commit that the database refuses is given up, as other writes are. */
    COMMIT_REFUSED_BY_DATABASE(true),
    /** A prepare locks rows without trying whether they can be written. */
    PREPARED_UNTRIED(true),
    /** Shards are closed and come to newer epochs while transactions are prepared. */
    CHANGED_WHILE_PREPARED(true);

    private final boolean ofTransactions;

    Wrong() {
        this(false);
    }

    Wrong(boolean ofTransactions) {
        this.ofTransactions = ofTransactions;
    }

    /** What replicas do wrong with entries because of it. */
    Breach breach() {
        return switch (this) {
            case ENTRIES_RUN_TOGETHER_BLINDLY -> Breach.BLINDLY;
            case VERSIONS_SHARED_IN_ENTRY -> Breach.SHARED_VERSIONS;
            case COMMIT_REFUSED_BY_DATABASE -> Breach.REFUSED_COMMITS;
            case PREPARED_UNTRIED -> Breach.UNTRIED_PREPARES;
            case CHANGED_WHILE_PREPARED -> Breach.NOT_DRAINED;
            default -> Breach.NONE;
        };
    }

    /** Those that matter with or without transactions over several groups. */
    static List<Wrong> variants(boolean ofTransactions) {
        return Arrays.stream(values())
                .filter(wrong -> wrong != NOTHING && wrong.ofTransactions == ofTransactions)
                .toList();
    }
}
