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

    /** Checks reachability and settings (engine, binary log off, doublewrite on); cheap, for health. */
    void verify() throws StoreUnavailableException;

    @Override
    void close();
}
