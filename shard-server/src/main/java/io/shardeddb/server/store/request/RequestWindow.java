package io.shardeddb.server.store.request;

import io.shardeddb.protocol.keyspace.Hash64;
import io.shardeddb.protocol.wire.RequestId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which requests are remembered, by log index, and which are too old to be known: the memory of exactly-once. The
 * records themselves stand in the database; here are only hashes of their ids.
 *
 * <p>Everything here follows from the log alone, so it is the same on every replica. A record is forgotten when its
 * entry's logged time is {@code retention} behind the newest, or when more than {@code capacity} are held. The floor is
 * the greatest issue time of a forgotten record. A request without a record is run only if it was issued after the
 * floor and within the window, so that a forgotten one never runs twice.
 */
public final class RequestWindow {

    /**
     * Part of the replicated state: the same on every server of a group.
     *
     * @param capacity records held, at most
     * @param issueWindowMillis how old an id may be when its entry is logged
     * @param aheadMillis how far ahead of the log's time an id may be issued
     */
    public record Limits(int capacity, long issueWindowMillis, long aheadMillis) {

        /** A quarter of a million requests or ten minutes, whichever ends first; client clocks up to 30 s ahead. */
        public static final Limits STANDARD = new Limits(250_000, 600_000, 30_000);

        /** Longer than any id whose record was forgotten by time is accepted. */
        long retentionMillis() {
            return issueWindowMillis + aheadMillis;
        }
    }

    /** Whether a request without a record may run. */
    public enum Admission {
        ADMITTED,
        EXPIRED,
        AHEAD_OF_TIME
    }

    private static final int INITIAL = 256;

    private final Limits limits;
    private long floor;

    // A ring of records in log order.
    private long[] hashes = new long[INITIAL];
    private long[] entries = new long[INITIAL];
    private long[] issued = new long[INITIAL];
    private long[] logged = new long[INITIAL];
    private int head;
    private int count;

    // A hash table with linear probing: ring slots + 1, by hash; 0 is free.
    private int[] table = new int[INITIAL * 2];

    public RequestWindow(Limits limits, long floor) {
        this.limits = limits;
        this.floor = floor;
    }

    public long floor() {
        return floor;
    }

    public int count() {
        return count;
    }

    /** Whether an id that has no record may run in an entry logged at this time. */
    public Admission admit(RequestId id, long loggedAt) {
        if (id.getIssuedAtMillis() > loggedAt + limits.aheadMillis()) {
            return Admission.AHEAD_OF_TIME;
        }
        return id.getIssuedAtMillis() <= floor || id.getIssuedAtMillis() < loggedAt - limits.issueWindowMillis()
                ? Admission.EXPIRED
                : Admission.ADMITTED;
    }

    /** Log indexes of entries that may hold this id's record (equal hashes); mostly none, or the one that does. */
    long[] candidates(RequestId id) {
        long hash = hash(id);
        long[] found = new long[0];
        for (int at = home(hash); table[at] != 0; at = next(at)) {
            int slot = table[at] - 1;
            if (hashes[slot] == hash) {
                found = Arrays.copyOf(found, found.length + 1);
                found[found.length - 1] = entries[slot];
            }
        }
        return found;
    }

    /** Adds a record of an entry; entries come in log order. */
    public void remember(long index, RequestId id, long loggedAt) {
        if (count == hashes.length) {
            grow();
        }
        int slot = (head + count) & (hashes.length - 1);
        hashes[slot] = hash(id);
        entries[slot] = index;
        // An id issued ahead of time could never lift the floor by more than the allowance, see admit.
        issued[slot] = id.getIssuedAtMillis();
        logged[slot] = loggedAt;
        count++;
        link(slot);
    }

    /**
     * Forgets what is too old once an entry logged at this time is applied. An entry's records go together.
     *
     * @return the last entry forgotten; 0: none
     */
    long expire(long loggedAt) {
        long last = 0;
        while (count > 0 && (entries[head] == last || count > limits.capacity() || isOld(head, loggedAt))) {
            last = entries[head];
            floor = Math.max(floor, issued[head]);
            unlink(head);
            head = (head + 1) & (hashes.length - 1);
            count--;
        }
        return last;
    }

    private boolean isOld(int slot, long loggedAt) {
        return logged[slot] < loggedAt - limits.retentionMillis();
    }

    private static long hash(RequestId id) {
        byte[] client = id.getClient().getBytes(StandardCharsets.UTF_8);
        byte[] bytes = ByteBuffer.allocate(client.length + Long.BYTES)
                .put(client)
                .putLong(id.getNumber())
                .array();
        return Hash64.of(bytes);
    }

    private int home(long hash) {
        return (int) hash & (table.length - 1);
    }

    private int next(int at) {
        return (at + 1) & (table.length - 1);
    }

    private void link(int slot) {
        int at = home(hashes[slot]);
        while (table[at] != 0) {
            at = next(at);
        }
        table[at] = slot + 1;
    }

    /**
     * Removal with backward shift: every later entry of the chain moves up unless it already stands at or behind its
     * home.
     */
    private void unlink(int slot) {
        int hole = home(hashes[slot]);
        while (table[hole] != slot + 1) {
            hole = next(hole);
        }
        for (int at = next(hole); table[at] != 0; at = next(at)) {
            int home = home(hashes[table[at] - 1]);
            boolean staysReachable = hole <= at ? hole < home && home <= at : hole < home || home <= at;
            if (!staysReachable) {
                table[hole] = table[at];
                hole = at;
            }
        }
        table[hole] = 0;
    }

    private void grow() {
        int size = hashes.length;
        hashes = unrolled(hashes);
        entries = unrolled(entries);
        issued = unrolled(issued);
        logged = unrolled(logged);
        head = 0;
        table = new int[size * 4];
        for (int slot = 0; slot < count; slot++) {
            link(slot);
        }
    }

    private long[] unrolled(long[] ring) {
        long[] larger = new long[ring.length * 2];
        System.arraycopy(ring, head, larger, 0, ring.length - head);
        System.arraycopy(ring, 0, larger, ring.length - head, head);
        return larger;
    }
}
