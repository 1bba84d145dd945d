package io.shardeddb.server.store.apply;

import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.request.BatchPreparation;
import io.shardeddb.server.store.request.RequestWork;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Prepares entries and runs their requests together, as far as none of them depends on what an earlier one comes to:
 * such an entry begins the next group.
 */
final class EntryGroups {

    private EntryGroups() {}

    /** Runs the requests of one group. */
    interface Runner {

        /**
         * Runs them.
         *
         * @param requests in the order in which they run; none, perhaps
         * @return false when the transaction is of no use
         */
        boolean run(List<RequestWork> requests) throws SQLException, UnresolvedRequestException;
    }

    /**
     * Runs entries.
     *
     * @param batch prepares them, and hears what has run
     * @return false when the runner said so
     */
    static boolean run(BatchPreparation batch, List<CommittedEntry> entries, Runner runner)
            throws SQLException, UnresolvedRequestException {
        List<RequestWork> requests = new ArrayList<>();
        for (CommittedEntry entry : entries) {
            if (batch.dependsOnUnrun(entry)) {
                if (!runGroup(batch, requests, runner)) {
                    return false;
                }
                requests = new ArrayList<>();
            }
            requests.addAll(batch.prepare(entry).requests());
        }
        return runGroup(batch, requests, runner);
    }

    private static boolean runGroup(BatchPreparation batch, List<RequestWork> requests, Runner runner)
            throws SQLException, UnresolvedRequestException {
        if (!runner.run(RequestWork.runningOrder(requests))) {
            return false;
        }
        batch.ran(requests);
        return true;
    }
}
