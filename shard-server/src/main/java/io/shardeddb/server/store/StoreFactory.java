package io.shardeddb.server.store;

/** Opens replicas' stores on this server's database. */
public interface StoreFactory extends AutoCloseable {

    /**
     * Opens the store of a group replica, making its empty schema when there is none.
     *
     * @param group the group's uid as 32 hexadecimal digits
     * @param memberId this replica's member id as 32 hexadecimal digits; a store that belongs to another member is emptied first
     * @param bootCounter this process's boot counter: an older process's late transactions are refused by it
     */
    ReplicaStore open(String group, String memberId, long bootCounter) throws StoreUnavailableException;

    /**
     * Makes sure that this database belongs to this volume; call it after each start and reconnect, before {@link #open}.
     *
     * @param volumeId the data directory's identity
     */
    Claim claim(String volumeId) throws StoreUnavailableException;

    /** Checks reachability and settings (engine, binary log off, doublewrite on); cheap, for health. */
    void verify() throws StoreUnavailableException;

    @Override
    void close();

    /** What was found in the database, and done about it. */
    enum Claim {
        /** It carries this volume's marker. */
        OWN,
        /** It was empty, or had no marker and none of our schemas; it carries our marker now. */
        FRESH,
        /** It carried another volume's marker and was told to shut down, once: its files may be gone. Claim again after its restart. */
        SHUTTING_DOWN,
        /** It still carried another volume's marker after that: our schemas were dropped, it carries our marker now. */
        TAKEN_OVER
    }
}
