package io.shardeddb.simulator.driver;

import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.StoreUnavailableException;

/** The connections of one process to its database. */
final class SimStores implements StoreFactory {
    private final SimProcess process;
    private final Database database;
    private final World world;

    SimStores(World world, SimProcess process, Database database) {
        this.world = world;
        this.process = process;
        this.database = database;
    }

    @Override
    public ReplicaStore open(String group, String memberId, long bootCounter) throws StoreUnavailableException {
        database.check();
        Database.Replica replica = database.replica(group);
        if (world.schedule().oneIn(2)) {
            database.resolveLate(replica);
        }
        if (replica.member.equals(memberId) && replica.boot > bootCounter) {
            throw new StoreUnavailableException("a newer process has this replica");
        }
        if (!replica.member.equals(memberId)) {
            database.changes(replica);
            replica.member = memberId;
            replica.clear();
        } else {
            database.changes(replica);
            boolean forgotten = world.wrong() == Wrong.RECORDS_IN_MEMORY_ALONE;
            if (forgotten && replica.boot < bootCounter && replica.state.remembersRequests()) {
                replica.state = replica.state.withoutRecords();
            }
            if (world.wrong() == Wrong.TRANSACTIONS_IN_MEMORY_ALONE && replica.boot < bootCounter) {
                replica.state = replica.state.withoutTransactions();
            }
        }
        replica.boot = bootCounter;
        return new SimStore(world, process, database, replica, world.truth(group), memberId, bootCounter);
    }

    @Override
    public Claim claim(String volumeId) throws StoreUnavailableException {
        database.check();
        return Claim.OWN;
    }

    @Override
    public void verify() throws StoreUnavailableException {
        database.check();
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
