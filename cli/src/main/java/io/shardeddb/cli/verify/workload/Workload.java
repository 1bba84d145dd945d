package io.shardeddb.cli.verify.workload;

import io.shardeddb.cli.verify.check.Anomaly;
import java.util.List;

/**
 * What clients do to tables of their own, and what must be true of what they saw. Several threads take steps of one
 * workload.
 */
public sealed interface Workload permits AccountTransfers, ListAppends, SeatBookings, SingleValues {

    /** Puts the rows there that it begins with. */
    void prepare(VerifyClient client) throws InterruptedException;

    /** Sends the next request of a client. */
    void step(VerifyClient client) throws InterruptedException;

    /** Reads what is there at the end, when everybody has stopped, and judges what was seen. */
    List<Anomaly> judge(VerifyClient client) throws InterruptedException;
}
