package io.shardeddb.server.store;

import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.SchemaDefinition;
import org.jspecify.annotations.Nullable;

/** Opens replicas' stores on this server's database. */
public interface StoreFactory extends AutoCloseable {

    /**
     * Opens the store of a group replica, making its empty schema when there is none.
     *
     * @param group the group's uid as 32 hexadecimal digits
     * @param memberId this replica's member id as 32 hexadecimal digits; a store that belongs to another member is
     *     emptied first
     * @param bootCounter this process's boot counter: an older process's late transactions are refused by it
     */
    ReplicaStore open(String group, String memberId, long bootCounter) throws StoreUnavailableException;

    /**
     * Makes sure that this database belongs to this volume; call it after each start and reconnect, before
     * {@link #open}.
     *
     * @param volumeId the data directory's identity
     */
    Claim claim(String volumeId) throws StoreUnavailableException;

    /** Checks reachability and settings (engine, binary log off, doublewrite on); cheap, for health. */
    void verify() throws StoreUnavailableException;

    /**
     * Makes the tables of a definition next to all replicas, as far as they are new or changed, and drops them again.
     * Takes 10 s at most, besides what a connection takes.
     *
     * @param present the tables in force; absent: none are
     * @throws StoreUnavailableException when it was not found out, or something else is being tried
     */
    default Trial tryTables(@Nullable DatabaseSchema present, SchemaDefinition asked) throws StoreUnavailableException {
        throw new StoreUnavailableException("there is no database to try tables on");
    }

    /**
     * The outcome of a trial.
     *
     * @param engine the database and its version, such as "MariaDB 11.4.5"
     * @param refusal why the tables cannot be made, in our words; absent: they can
     */
    record Trial(String engine, @Nullable String refusal) {}

    @Override
    void close();

    /** What was found in the database, and done about it. */
    enum Claim {
        /** It carries this volume's marker. */
        OWN,
        /** It was empty, or had no marker and none of our schemas; it carries our marker now. */
        FRESH,
        /**
         * It carried another volume's marker and was told to shut down, once: its files may be gone. Claim again after
         * its restart.
         */
        SHUTTING_DOWN,
        /** It still carried another volume's marker after that: our schemas were dropped, it carries our marker now. */
        TAKEN_OVER
    }
}
