package io.shardeddb.router.forward;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.failure.Tries;
import io.shardeddb.router.route.Tiling;
import io.shardeddb.router.topology.ShardEntry;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a range in one shard, read as they are needed: gRPC's flow control keeps at most a few chunks here.
 * Blocks, so it belongs on a virtual thread. When a server fails, before the first row or after any, the rows that are
 * missing are read from another one: each row comes once, in order. Every gap between two chunks is bounded by the time
 * that a read may wait.
 */
public final class ShardScan implements Iterator<ByteString>, AutoCloseable {

    /** Longest that a whole scan may take, slow readers included. */
    private static final long SCAN_MINUTES = 30;

    private final Forwarder forwarder;
    private final StreamTables tables;
    private final Tiling tiling;
    private final ShardEntry shard;
    private final ScanProgress progress;
    private final List<String> preferred;
    private final long ends = System.nanoTime() + TimeUnit.MINUTES.toNanos(SCAN_MINUTES);
    private volatile @Nullable Connection connection;
    private Iterator<ByteString> rows = Collections.emptyIterator();
    private boolean complete;
    /**
     * Whether the present connection, or the last one, has shown that its rows are those of the positions that are
     * asked for.
     */
    private boolean proven;

    private volatile boolean closed;
    private boolean ofCut;
    private boolean leftCut;

    /** A call to a server that gives chunks. */
    private record Connection(String address, Context.CancellableContext context, Iterator<ScanChunk> chunks) {}

    private ShardScan(Forwarder forwarder, StreamTables tables, Tiling tiling, ShardEntry shard, int limit) {
        RangeRead read = tables.newest();
        this.forwarder = forwarder;
        this.tables = tables;
        this.tiling = tiling;
        this.shard = shard;
        this.progress = new ScanProgress(read, shard, limit);
        this.preferred = forwarder.preferred(
                shard, read.options().level(), read.options().place());
    }

    /**
     * Opens a scan and waits until it shows where it reads. One with a filter may look for long until it finds a row.
     * While the views of a cut are opened, writers may be waiting.
     *
     * @param tables what is read, and in which tables
     * @param tiling what the shards of the read must answer for
     * @param limit greatest number of rows, 0 for none
     * @param cut of which it is a part until it is {@linkplain #checked checked}; absent: of none
     * @param deadline for that, by {@link System#nanoTime}
     * @throws DatabaseException when no server begins it in time
     */
    static ShardScan open(
            Forwarder forwarder,
            StreamTables tables,
            Tiling tiling,
            ShardEntry shard,
            int limit,
            @Nullable CutPart cut,
            long deadline) {
        ShardScan scan = new ShardScan(forwarder, tables, tiling, shard, limit);
        scan.progress.cut(cut);
        scan.advance(deadline, Awaited.VIEW);
        return scan;
    }

    /** What a server has to give before a scan goes on. */
    private enum Awaited {
        /** A row, or the end. */
        ROWS,
        /** Any message of its view: the first one says which index of the log the view shows. */
        VIEW
    }

    /** Waits for the first rows, or the end. @throws DatabaseException when no server gives them in time */
    void awaitRows(long deadline) {
        advance(deadline, Awaited.ROWS);
    }

    /** Index of the log that its first rows show. */
    long shown() {
        return progress.shown();
    }

    /** Its view is of one moment with those of other shards. If the view is lost, what is missing is of a later one. */
    void checked() {
        progress.cut(null);
        ofCut = true;
    }

    /** Whether rows came from another view than the one that was checked. */
    boolean leftCut() {
        return leftCut;
    }

    ShardEntry shard() {
        return shard;
    }

    /**
     * Whether it has shown already that its rows are those of the positions that are asked for; servers of older
     * versions do so at the end.
     */
    boolean proven() {
        return proven;
    }

    /** Makes sure that there is what is awaited, from whichever server gives it. */
    private void advance(long until, Awaited awaited) {
        if (rows.hasNext() || complete) {
            return;
        }
        long began = System.nanoTime();
        long deadline = atMost(until);
        Tries tries = Tries.NONE;
        int attempt = 0;
        do {
            Connection source = connection;
            String address = source == null ? choose(attempt) : source.address();
            if (address == null) {
                if (closed) {
                    throw ended();
                }
                tries = tries.and(new Tries.NobodyKnown());
                attempt++;
                forwarder.awaitLeader(shard, RetryRule.backOffMillis(attempt));
                continue;
            }
            try {
                receive(source, address, deadline);
                if (rows.hasNext() || complete || (awaited == Awaited.VIEW && proven)) {
                    return;
                }
                // A server that goes on without a row is at work: its time begins again.
                deadline = atMost(forwarder.readDeadline());
                continue;
            } catch (DatabaseException e) {
                disconnect();
                after(e, address, deadline);
                tries = tries.and(new Tries.Refused(shard.serverAt(address), e));
            } catch (StatusRuntimeException e) {
                disconnect();
                requireGoingOn(e.getStatus());
                tries = tries.and(Tries.Unanswered.of(shard.serverAt(address), e.getStatus()));
                forwarder.leaders().doubt(shard.group(), address);
                forwarder.links().hurry(address);
            }
            attempt++;
            if (attempt >= preferred.size()) {
                forwarder.awaitLeader(shard, RetryRule.backOffMillis(attempt));
            }
        } while (System.nanoTime() - deadline < 0);
        throw ends - System.nanoTime() > 0 ? givenUp(tries, began) : tooLong();
    }

    private long atMost(long moment) {
        return ends - moment < 0 ? ends : moment;
    }

    private DatabaseException givenUp(Tries tries, long began) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        return FailureChoice.ofShard(shard.name(), FailureChoice.Asked.READ, tries, millis);
    }

    private DatabaseException tooLong() {
        return new DatabaseException(
                ErrorCode.READ_TIMED_OUT,
                "the scan of shard " + shard.name() + " was not over after " + SCAN_MINUTES + " minutes",
                Map.of("shard", shard.name()));
    }

    /** Makes ready for another attempt. Throws when none can succeed. */
    private void after(DatabaseException error, String address, long deadline) {
        switch (next(error)) {
            case STOP -> throw error;
            case PLAN_ANEW -> {
                if (!tables.hasBegun()) {
                    throw error;
                }
                progress.follow(tables.after(progress.read(), shard, error, deadline));
            }
            // A hint in the answer has been learned by now; without one the router would ask the same server again.
            case ELSEWHERE -> forwarder.leaders().doubt(shard.group(), address);
            case LATER -> {
                // The same server may do it a little later.
            }
        }
    }

    /** A server that ends a view to change its tables does not say how that ends: the next attempt tells. */
    private RetryRule.Next next(DatabaseException error) {
        return error.code() == ErrorCode.SCHEMA_CHANGED && !RetryRule.namesSchema(error)
                ? RetryRule.Next.LATER
                : RetryRule.after(error, progress.read().topology().schema().version(), shard.epoch());
    }

    private @Nullable String choose(int attempt) {
        if (attempt < preferred.size()) {
            return preferred.get(attempt);
        }
        return forwarder.leaders().toAsk(shard, () -> attempt);
    }

    /** Takes a chunk, on a connection or a new one. */
    private void receive(@Nullable Connection open, String address, long deadline) {
        if (open == null && progress.isFull()) {
            requireProven();
            complete = true;
            return;
        }
        Connection source = open == null ? connect(address, deadline) : open;
        ScanChunk chunk = next(source, deadline);
        if (chunk.hasInterval()) {
            prove(chunk.hasInterval(), chunk.getInterval(), chunk.getEpoch());
        }
        // A server that fails says so in its last message, which has no rows.
        if (chunk.hasEnd()) {
            end(chunk.getEnd());
            progress.ended(chunk.getEnd());
        }
        progress.received(chunk);
        rows = chunk.getRowsList().iterator();
    }

    private void end(ScanEnd end) {
        LeaderHint leader = end.getLeader();
        forwarder.leaders().learn(shard.group(), leader);
        if (end.hasError()) {
            throw DatabaseException.ofWire(end.getError()).with(FailureChoice.SHARD, shard.name());
        }
        prove(end.hasInterval(), end.getInterval(), end.getEpoch());
        complete = true;
    }

    /** The rows are part of the whole only if the group owned, in the view that gives them, all that is asked of it. */
    private void prove(boolean said, PositionInterval interval, long epoch) {
        DatabaseException fault = tiling.fault(RangeStart.answered(shard.group(), said, interval, epoch));
        if (fault != null) {
            throw fault;
        }
        proven = true;
    }

    /** A server of an older version may go before it comes to the end, where it says what it owns. */
    private void requireProven() {
        if (!proven) {
            throw new DatabaseException(
                    ErrorCode.MOVED,
                    "the scan of shard " + shard.name() + " broke off before its server said which positions it owns",
                    Map.of("shard", shard.name()));
        }
    }

    /** Half of what is left, so that there is time for another server. */
    private static int attemptMillis(long deadline) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        return (int) Math.clamp(left / 2, 1, RouterSettings.ATTEMPT_TIMEOUT.toMillis());
    }

    private Connection connect(String address, long deadline) {
        Context.CancellableContext opened = Context.ROOT.withCancellation();
        Context before = opened.attach();
        try {
            Iterator<ScanChunk> chunks = DataGrpc.newBlockingStub(
                            forwarder.links().channel(address))
                    .withDeadlineAfter(ends - System.nanoTime(), TimeUnit.NANOSECONDS)
                    .scan(progress.rest(attemptMillis(deadline)));
            Connection made = new Connection(address, opened, chunks);
            connection = made;
            leftCut |= ofCut;
            proven = false;
            // Made first, looked at after: a closing either sees this connection and ends it, or is seen here.
            if (closed) {
                opened.cancel(null);
            }
            return made;
        } finally {
            opened.detach(before);
        }
    }

    /**
     * The next message. A server that is silent for the time of an attempt is left: a frozen one does not say that it
     * is.
     */
    private ScanChunk next(Connection source, long deadline) {
        int millis = attemptMillis(deadline);
        Forwarder.Alarm alarm = forwarder.alarm(() -> source.context().cancel(silence(millis)), millis);
        try {
            if (!source.chunks().hasNext()) {
                throw Status.UNAVAILABLE
                        .withDescription("the scan broke off without its end")
                        .asRuntimeException();
            }
            return source.chunks().next();
        } finally {
            alarm.close();
        }
    }

    private static StatusRuntimeException silence(int millis) {
        return Status.DEADLINE_EXCEEDED
                .withDescription("nothing came for " + millis + " ms")
                .asRuntimeException();
    }

    /** @throws DatabaseException when a call that ended so cannot be followed by another one */
    private void requireGoingOn(Status status) {
        if (closed) {
            throw ended();
        }
        if (RetryRule.after(status) == RetryRule.Next.STOP) {
            throw FailureChoice.notTaken(shard.name(), RetryRule.finalCode(status), Tries.text(status));
        }
    }

    private DatabaseException ended() {
        return new DatabaseException(
                ErrorCode.SHUTTING_DOWN,
                "the scan of shard " + shard.name() + " was ended by its reader",
                Map.of(FailureChoice.SHARD, shard.name()));
    }

    /** Whether there is another row. @throws DatabaseException when no server gives it, or the end, in time */
    @Override
    public boolean hasNext() {
        advance(forwarder.readDeadline(), Awaited.ROWS);
        return rows.hasNext();
    }

    @Override
    public ByteString next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return rows.next();
    }

    private void disconnect() {
        Connection open = connection;
        if (open != null) {
            open.context().cancel(null);
            connection = null;
        }
    }

    /** Ends the scan, also one that another thread is waiting for. */
    @Override
    public void close() {
        closed = true;
        Connection open = connection;
        if (open != null) {
            open.context().cancel(null);
        }
    }
}
