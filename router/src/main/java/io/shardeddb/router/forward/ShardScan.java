package io.shardeddb.router.forward;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.router.topology.Replica;
import io.shardeddb.router.topology.ShardEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a range in one shard, read as they are needed: gRPC's flow control keeps at most a few chunks here. Blocks, so it belongs on
 * a virtual thread. Until the first chunk is here another server is asked when one fails; afterwards a failure is final, since another
 * server's view is another one.
 */
public final class ShardScan implements Iterator<ByteString>, AutoCloseable {

    /** Longest that a whole scan may take, slow readers included. */
    private static final long SCAN_MINUTES = 30;

    private final Forwarder forwarder;
    private final ShardEntry shard;
    private final ReadRequest request;
    private final List<String> preferred;
    private Context.@Nullable CancellableContext context;
    private @Nullable Iterator<ScanChunk> chunks;
    private Iterator<ByteString> rows = Collections.emptyIterator();
    private @Nullable ScanEnd end;

    private ShardScan(Forwarder forwarder, ShardEntry shard, ReadRequest request, List<String> preferred) {
        this.forwarder = forwarder;
        this.shard = shard;
        this.request = request;
        this.preferred = preferred;
    }

    /**
     * Opens a scan and waits for its first rows.
     *
     * @throws DatabaseException when no server begins it in time
     */
    public static ShardScan open(Forwarder forwarder, ShardEntry shard, ReadRequest request, long reader) {
        ShardScan scan =
                new ShardScan(forwarder, shard, request, forwarder.preferred(shard, request.getLevel(), reader));
        scan.begin();
        return scan;
    }

    private void begin() {
        long deadline = System.nanoTime() + forwarder.readTimeout().toNanos();
        DatabaseException last = new DatabaseException(
                ErrorCode.NO_LEADER,
                "shard " + shard.name() + " has no leader that answers",
                Map.of("shard", shard.name()));
        for (int attempt = 0; System.nanoTime() < deadline; attempt++) {
            String address = choose(attempt);
            try {
                connect(address);
                advance();
                return;
            } catch (DatabaseException e) {
                close();
                if (RetryRule.after(e.code()) == RetryRule.Next.STOP
                        || RetryRule.after(e.code()) == RetryRule.Next.PLAN_ANEW) {
                    throw e;
                }
                last = e.code() == ErrorCode.NOT_LEADER ? last : e;
            } catch (StatusRuntimeException e) {
                close();
                if (RetryRule.after(e.getStatus()) == RetryRule.Next.STOP) {
                    throw broken(e);
                }
                forwarder.leaders().doubt(shard.group(), address);
                forwarder.links().hurry(address);
            }
            if (attempt + 1 >= preferred.size()) {
                sleep(RetryRule.backOffMillis(attempt + 1));
            }
        }
        throw last;
    }

    private String choose(int attempt) {
        if (attempt < preferred.size()) {
            return preferred.get(attempt);
        }
        String leader = forwarder.leaders().addressOf(shard.group());
        if (leader != null) {
            return leader;
        }
        List<Replica> replicas = new ArrayList<>(shard.replicas());
        if (replicas.isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.NO_LEADER,
                    "shard " + shard.name() + " has no replicas yet",
                    Map.of("shard", shard.name()));
        }
        return replicas.get(attempt % replicas.size()).address();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(ErrorCode.SHUTTING_DOWN, "the router is going down");
        }
    }

    private void connect(String address) {
        Context.CancellableContext opened = Context.ROOT.withCancellation();
        context = opened;
        Context before = opened.attach();
        try {
            chunks = DataGrpc.newBlockingStub(forwarder.links().channel(address))
                    .withDeadlineAfter(SCAN_MINUTES, TimeUnit.MINUTES)
                    .scan(request);
        } finally {
            opened.detach(before);
        }
    }

    /** Makes sure that there is a row or the end. */
    private void advance() {
        while (!rows.hasNext() && end == null) {
            Iterator<ScanChunk> source = chunks;
            if (source == null || !source.hasNext()) {
                throw new StatusRuntimeException(
                        Status.UNAVAILABLE.withDescription("the scan broke off without its end"));
            }
            ScanChunk chunk = source.next();
            if (chunk.hasEnd()) {
                LeaderHint leader = chunk.getEnd().getLeader();
                forwarder.leaders().learn(shard.group(), leader);
                if (chunk.getEnd().hasError()) {
                    throw DatabaseException.ofWire(chunk.getEnd().getError()).with("shard", shard.name());
                }
                end = chunk.getEnd();
            }
            rows = chunk.getRowsList().iterator();
        }
    }

    private DatabaseException broken(StatusRuntimeException cause) {
        return new DatabaseException(
                ErrorCode.READ_TIMED_OUT,
                "the scan of shard " + shard.name() + " broke off: "
                        + cause.getStatus().getCode(),
                Map.of("shard", shard.name()));
    }

    /** Whether there is another row. @throws DatabaseException when the scan failed */
    @Override
    public boolean hasNext() {
        try {
            advance();
        } catch (StatusRuntimeException e) {
            throw broken(e);
        }
        return rows.hasNext();
    }

    @Override
    public ByteString next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return rows.next();
    }

    /** The applied index that the scan showed; 0 before its end. */
    public long index() {
        return end == null ? 0 : end.getIndex();
    }

    @Override
    public void close() {
        if (context != null) {
            context.cancel(null);
            context = null;
        }
    }
}
