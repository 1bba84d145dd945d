package io.shardeddb.server.group;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.StoreUnavailableException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Opens replicas' stores, after making sure that the database is this volume's. */
public final class Stores {
    private final StoreFactory factory;
    private final String volumeId;
    private final long bootCounter;
    private final LongSupplier nanos;
    /** A look at the database that takes longer finds it not reachable. */
    private static final long HANGING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private volatile boolean reachable;
    private volatile String problem = "not reached yet";
    /** When the look that is going on began, on the monotonic clock; 0 when there is none. */
    private volatile long lookingSince;

    /**
     * @param volumeId identity of the data directory, 32 hexadecimal digits
     * @param bootCounter of this process
     * @param nanos the monotonic clock
     */
    public Stores(StoreFactory factory, String volumeId, long bootCounter, LongSupplier nanos) {
        this.nanos = nanos;
        this.factory = factory;
        this.volumeId = volumeId;
        this.bootCounter = bootCounter;
    }

    public ReplicaStore open(GroupId group, MemberId member) throws StoreUnavailableException {
        check();
        return factory.open(group.toString(), member.toString(), bootCounter);
    }

    /** Looks whether the database answers, is set up as it must be, and is this volume's. */
    public synchronized void check() throws StoreUnavailableException {
        lookingSince = nanos.getAsLong() | 1;
        try {
            StoreFactory.Claim claim = factory.claim(volumeId);
            if (claim == StoreFactory.Claim.SHUTTING_DOWN) {
                throw new StoreUnavailableException(
                        "the database carried another volume's marker and was told to shut down");
            }
            factory.verify();
            reachable = true;
            problem = "";
        } catch (StoreUnavailableException e) {
            reachable = false;
            problem = String.valueOf(e.getMessage());
            throw e;
        } finally {
            lookingSince = 0;
        }
    }

    /** Tries tables on this volume's database; see {@link StoreFactory#tryTables}. */
    public StoreFactory.Trial tryTables(@Nullable DatabaseSchema present, SchemaDefinition asked)
            throws StoreUnavailableException {
        check();
        return factory.tryTables(present, asked);
    }

    private boolean isHanging() {
        long since = lookingSince;
        return since != 0 && nanos.getAsLong() - since > HANGING_NANOS;
    }

    /** Whether the database answered when it was last asked, and is not late with an answer now. */
    public boolean reachable() {
        return reachable && !isHanging();
    }

    /** What was wrong when it was last asked; empty if nothing. */
    public String problem() {
        return isHanging() ? "the database does not answer" : problem;
    }
}
