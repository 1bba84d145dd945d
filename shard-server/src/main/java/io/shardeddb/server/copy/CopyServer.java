package io.shardeddb.server.copy;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CopiedTableSum;
import io.shardeddb.protocol.wire.CopyChunk;
import io.shardeddb.protocol.wire.CopyCloseReply;
import io.shardeddb.protocol.wire.CopyCloseRequest;
import io.shardeddb.protocol.wire.CopyGrpc;
import io.shardeddb.protocol.wire.CopyNextReply;
import io.shardeddb.protocol.wire.CopyNextRequest;
import io.shardeddb.protocol.wire.CopyOpenReply;
import io.shardeddb.protocol.wire.CopyOpenRequest;
import io.shardeddb.protocol.wire.CopySumsReply;
import io.shardeddb.protocol.wire.CopySumsRequest;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source's side of copies. Holds a view for each copy that a receiver opened, until the receiver closes it, or does
 * not ask for longer than the idle limit, or a change of the tables ends it.
 *
 * <p>Its calls block on the database: give the gRPC server threads for that.
 */
public final class CopyServer extends CopyGrpc.CopyImplBase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CopyServer.class);

    private static final int LEAST_CHUNK_BYTES = 1 << 10;
    private static final int GREATEST_CHUNK_BYTES = 8 << 20;

    private final Function<Uid, @Nullable ReplicaStore> stores;
    private final CopyPins pins;
    private final int limit;
    private final Duration idleLimit;
    private final LongSupplier nanoTime;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    /**
     * @param stores the store of a group's replica here; null when there is none that may be a source
     * @param pins told of every copy
     * @param limit copies open at the same time, at most
     * @param idleLimit how long a view is held for a receiver that does not ask
     * @param nanoTime monotonic clock, in nanoseconds
     */
    public CopyServer(
            Function<Uid, @Nullable ReplicaStore> stores,
            CopyPins pins,
            int limit,
            Duration idleLimit,
            LongSupplier nanoTime) {
        this.stores = stores;
        this.pins = pins;
        this.limit = limit;
        this.idleLimit = idleLimit;
        this.nanoTime = nanoTime;
    }

    private static final class Session {
        private final Uid group;
        private final SnapshotSource source;
        private volatile long usedAt;
        private volatile int running;

        Session(Uid group, SnapshotSource source, long now) {
            this.group = group;
            this.source = source;
            this.usedAt = now;
        }
    }

    @Override
    public void open(CopyOpenRequest request, StreamObserver<CopyOpenReply> replies) {
        answer(replies, open(request));
    }

    private CopyOpenReply open(CopyOpenRequest request) {
        try {
            if (!request.getResumeCopyId().isEmpty()) {
                return opened(session(request.getResumeCopyId()));
            }
            ReplicaStore store = stores.apply(request.getGroup());
            if (store == null) {
                throw new DatabaseException(ErrorCode.UNKNOWN_GROUP, "no replica of this group to copy from is here");
            }
            if (sessions.size() >= limit) {
                throw new DatabaseException(
                        ErrorCode.OVERLOADED, sessions.size() + " copies are read from this server already");
            }
            Session session = new Session(request.getGroup(), store.openSnapshot(), nanoTime.getAsLong());
            sessions.put(session.source.copyId(), session);
            pins.opened(
                    request.getGroup(),
                    session.source.copyId(),
                    session.source.at().index());
            return opened(session);
        } catch (DatabaseException e) {
            return CopyOpenReply.newBuilder().setError(e.toWire()).build();
        } catch (StoreUnavailableException e) {
            return CopyOpenReply.newBuilder().setError(unavailable(e)).build();
        }
    }

    private static CopyOpenReply opened(Session session) {
        return CopyOpenReply.newBuilder()
                .setCopyId(session.source.copyId())
                .setState(CopiedStates.toWire(session.source.at()))
                .setEstimatedRows(session.source.estimatedRows())
                .build();
    }

    @Override
    public void next(CopyNextRequest request, StreamObserver<CopyNextReply> replies) {
        answer(replies, next(request));
    }

    private CopyNextReply next(CopyNextRequest request) {
        int bytes = Math.clamp(request.getMaxBytes(), LEAST_CHUNK_BYTES, GREATEST_CHUNK_BYTES);
        ByteString after = request.hasAfter() ? request.getAfter() : null;
        try {
            SnapshotSource.Chunk chunk = use(request.getCopyId(), source -> source.next(after, bytes));
            CopyNextReply.Builder reply = CopyNextReply.newBuilder();
            if (chunk != null) {
                reply.setChunk(CopyChunk.newBuilder()
                        .setData(chunk.data())
                        .setEnd(chunk.end())
                        .setRows(chunk.rows())
                        .setChecksum(chunk.checksum()));
            }
            return reply.build();
        } catch (DatabaseException e) {
            return CopyNextReply.newBuilder().setError(e.toWire()).build();
        }
    }

    @Override
    public void sums(CopySumsRequest request, StreamObserver<CopySumsReply> replies) {
        answer(replies, sums(request));
    }

    private CopySumsReply sums(CopySumsRequest request) {
        try {
            ReplicaStore.Checksums checksums = use(request.getCopyId(), SnapshotSource::checksums);
            CopySumsReply.Builder reply = CopySumsReply.newBuilder();
            for (TableChecksum sum : checksums.tables()) {
                reply.addTables(CopiedTableSum.newBuilder()
                        .setTable(sum.getTable())
                        .setRows(sum.getRows())
                        .setHigh(sum.getHigh())
                        .setLow(sum.getLow()));
            }
            return reply.build();
        } catch (DatabaseException e) {
            return CopySumsReply.newBuilder().setError(e.toWire()).build();
        }
    }

    @Override
    public void close(CopyCloseRequest request, StreamObserver<CopyCloseReply> replies) {
        end(request.getCopyId(), "its receiver closed it");
        answer(replies, CopyCloseReply.getDefaultInstance());
    }

    /** Number of copies that are open. */
    public int openCopies() {
        return sessions.size();
    }

    /** Ends the copies that nobody asked for longer than the idle limit; to be called every few seconds. */
    public void closeIdle() {
        long now = nanoTime.getAsLong();
        sessions.forEach((id, session) -> {
            if (session.running == 0 && now - session.usedAt > idleLimit.toNanos()) {
                end(id, "its receiver has not asked for " + idleLimit.toSeconds() + " s");
            }
        });
    }

    /** Ends the copies of a group, because its replica here goes away. */
    public void closeGroup(Uid group) {
        sessions.forEach((id, session) -> {
            if (session.group.equals(group)) {
                end(id, "the replica goes away");
            }
        });
    }

    @Override
    public void close() {
        sessions.keySet().forEach(id -> end(id, "the server stops"));
    }

    /** Work on a view. */
    private interface Use<T extends @Nullable Object> {
        T of(SnapshotSource source) throws StoreUnavailableException;
    }

    /** Works on a copy's view; one that fails is gone, for it cannot be taken again. */
    private <T extends @Nullable Object> T use(String copyId, Use<T> work) {
        Session session = session(copyId);
        synchronized (session) {
            session.running = 1;
            try {
                return work.of(session.source);
            } catch (StoreUnavailableException e) {
                end(copyId, String.valueOf(e.getMessage()));
                throw gone(copyId);
            } catch (IllegalArgumentException e) {
                throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
            } finally {
                session.usedAt = nanoTime.getAsLong();
                session.running = 0;
            }
        }
    }

    private Session session(String copyId) {
        Session session = sessions.get(copyId);
        if (session == null) {
            throw gone(copyId);
        }
        session.usedAt = nanoTime.getAsLong();
        return session;
    }

    private void end(String copyId, String reason) {
        Session session = sessions.remove(copyId);
        if (session != null) {
            LOG.info("copy {} ended: {}", copyId, reason);
            session.source.close();
            pins.closed(session.group, copyId);
        }
    }

    private static DatabaseException gone(String copyId) {
        return new DatabaseException(
                ErrorCode.COPY_GONE, "the view of copy " + copyId + " is no longer held", Map.of("copy", copyId));
    }

    private static ErrorDetail unavailable(StoreUnavailableException e) {
        return new DatabaseException(ErrorCode.STORE_UNAVAILABLE, String.valueOf(e.getMessage())).toWire();
    }

    private static <T> void answer(StreamObserver<T> replies, T reply) {
        replies.onNext(reply);
        replies.onCompleted();
    }
}
