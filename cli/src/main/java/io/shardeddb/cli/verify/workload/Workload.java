package io.shardeddb.cli.verify.workload;

import io.shardeddb.cli.verify.check.Anomaly;
import java.util.List;
import java.util.function.Consumer;

/**
 * What clients do to tables of their own, and what must be true of what they saw. Several threads take steps of one
 * workload.
 */
public sealed interface Workload permits AccountTransfers, ListAppends, SeatBookings, SingleValues {

    /** Puts the rows there that it begins with. */
    void prepare(VerifyClient client) throws InterruptedException;

    /** Sends the next request of a client. */
    void step(VerifyClient client) throws InterruptedException;

    /** How many requests it remembers that {@link #judgePart} would let it forget. */
    default int remembered() {
        return 0;
    }

    /**
     * Judges what was seen since the last time, and forgets it. Nobody takes a step meanwhile. The next steps use other
     * rows, so nothing that they see can contradict what is forgotten. What the rows hold then is kept for the end.
     */
    default List<Anomaly> judgePart(VerifyClient client) throws InterruptedException {
        return List.of();
    }

    /**
     * Reads what is there at the end, when everybody has stopped, and judges what was seen and was not judged yet.
     *
     * @param said is told how far it is, where it takes long
     */
    List<Anomaly> judge(VerifyClient client, Consumer<String> said) throws InterruptedException;
}
