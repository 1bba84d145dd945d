package io.shardeddb.server.copy;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CopyChunk;
import io.shardeddb.protocol.wire.CopyCloseReply;
import io.shardeddb.protocol.wire.CopyCloseRequest;
import io.shardeddb.protocol.wire.CopyGrpc;
import io.shardeddb.protocol.wire.CopyNextReply;
import io.shardeddb.protocol.wire.CopyNextRequest;
import io.shardeddb.protocol.wire.CopyOpenReply;
import io.shardeddb.protocol.wire.CopyOpenRequest;
import io.shardeddb.protocol.wire.CopyProgress;
import io.shardeddb.protocol.wire.CopySumsReply;
import io.shardeddb.protocol.wire.CopySumsRequest;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSink;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiver's side of a copy.
 *
 * <p>The steps are these. First it opens a view at the source, or finds the one again that an earlier attempt began
 * with. It stores the view's chunks, each with the position it ends at, and compares checksums with the source. Then it
 * records the applied state, forces everything to disk, and releases the view. A broken connection is waited out for as
 * long as the settings say; a view that is gone ends the attempt, and the next one begins again.
 */
public final class CopyClient {

    /**
     * How a copy is fetched.
     *
     * @param chunkBytes rough size of a chunk
     * @param bytesPerSecond bound of the rate; 0: none
     * @param callLimit time for one chunk
     * @param sumsLimit time for the source to read all its rows once for the checksums
     * @param patience how long a broken connection is tried again
     */
    public record Settings(
            int chunkBytes, long bytesPerSecond, Duration callLimit, Duration sumsLimit, Duration patience) {

        /** Chunks of half a megabyte, unbounded rate. */
        public static final Settings STANDARD =
                new Settings(512 << 10, 0, Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofSeconds(30));
    }

    private static final Logger LOG = LoggerFactory.getLogger(CopyClient.class);

    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    private static final int GREATEST_MESSAGE_BYTES = 256 << 20;

    private final CopyGrpc.CopyBlockingStub source;
    private final String sourceName;
    private final Settings settings;
    private final Consumer<CopyProgress> listener;
    private final LongSupplier nanoTime;

    /**
     * @param channel to the source's server
     * @param sourceName for the progress shown to people
     * @param listener told of the progress after every chunk and at each phase
     * @param nanoTime monotonic clock, in nanoseconds
     */
    public CopyClient(
            Channel channel,
            String sourceName,
            Settings settings,
            Consumer<CopyProgress> listener,
            LongSupplier nanoTime) {
        this.source = CopyGrpc.newBlockingStub(channel).withMaxInboundMessageSize(GREATEST_MESSAGE_BYTES);
        this.sourceName = sourceName;
        this.settings = settings;
        this.listener = listener;
        this.nanoTime = nanoTime;
    }

    /**
     * Copies a group's rows into a store. Blocks until the copy is durable; interrupt the thread to give up.
     *
     * @param minimumIndex a source that has less is refused before anything here is changed
     * @param startedAtMillis wall clock, for the progress
     * @return the state that the store has now: the log goes on after its index
     * @throws CopyFailedException when this source cannot give it (any more)
     * @throws StoreUnavailableException when the receiving database fails
     */
    public AppliedState copy(Uid group, Uid receiver, ReplicaStore into, long minimumIndex, long startedAtMillis)
            throws CopyFailedException, StoreUnavailableException, InterruptedException {
        String unfinished = into.unfinishedInstall();
        try {
            return attempt(open(group, receiver, unfinished), into, minimumIndex, startedAtMillis);
        } catch (CopyFailedException e) {
            // A view can be lost between finding it again and reading from it.
            if (unfinished == null || ErrorCode.ofName(e.code()) != ErrorCode.COPY_GONE) {
                throw e;
            }
            LOG.info("the interrupted copy cannot be gone on with: {}", e.getMessage());
            return attempt(open(group, receiver, null), into, minimumIndex, startedAtMillis);
        }
    }

    private AppliedState attempt(CopyOpenReply open, ReplicaStore into, long minimumIndex, long startedAtMillis)
            throws CopyFailedException, StoreUnavailableException, InterruptedException {
        CopyProgress.Builder progress = CopyProgress.newBuilder()
                .setSource(sourceName)
                .setRowsTotalEstimate(open.getEstimatedRows())
                .setStartedAtMillis(startedAtMillis)
                .setPhase("rows");
        listener.accept(progress.build());
        AppliedState state = CopiedStates.ofWire(open.getState());
        if (state.index() < minimumIndex) {
            release(open.getCopyId());
            throw new CopyFailedException(
                    ErrorCode.NOT_CAUGHT_UP.name(),
                    sourceName + " has only index " + state.index() + ", needed is " + minimumIndex);
        }
        try (SnapshotSink sink = into.beginInstall(open.getCopyId())) {
            fetch(open.getCopyId(), sink, progress);
            listener.accept(progress.setPhase("flush").build());
            CopySumsReply sums =
                    retry(() -> source.withDeadlineAfter(settings.sumsLimit().toMillis(), TimeUnit.MILLISECONDS)
                            .sums(CopySumsRequest.newBuilder()
                                    .setCopyId(open.getCopyId())
                                    .build()));
            require(sums.hasError(), sums.getError());
            sink.complete(state, new ReplicaStore.Checksums(state, checksums(sums)));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new CopyFailedException(
                    ErrorCode.INTERNAL.name(), "what came from " + sourceName + " does not fit: " + e.getMessage(), e);
        }
        release(open.getCopyId());
        return state;
    }

    private CopyOpenReply open(Uid group, Uid receiver, @Nullable String unfinished)
            throws CopyFailedException, InterruptedException {
        CopyOpenRequest fresh = CopyOpenRequest.newBuilder()
                .setGroup(group)
                .setReceiver(receiver)
                .build();
        if (unfinished != null) {
            CopyOpenReply found =
                    callOpen(fresh.toBuilder().setResumeCopyId(unfinished).build());
            if (!found.hasError()) {
                return found;
            }
            if (ErrorCode.ofName(found.getError().getCode()) != ErrorCode.COPY_GONE) {
                require(true, found.getError());
            }
        }
        CopyOpenReply opened = callOpen(fresh);
        require(opened.hasError(), opened.getError());
        return opened;
    }

    private CopyOpenReply callOpen(CopyOpenRequest request) throws CopyFailedException, InterruptedException {
        return retry(() -> source.withDeadlineAfter(settings.callLimit().toMillis(), TimeUnit.MILLISECONDS)
                .open(request));
    }

    private void fetch(String copyId, SnapshotSink sink, CopyProgress.Builder progress)
            throws CopyFailedException, StoreUnavailableException, InterruptedException {
        Pace pace = new Pace(settings.bytesPerSecond());
        while (true) {
            CopyNextRequest.Builder request =
                    CopyNextRequest.newBuilder().setCopyId(copyId).setMaxBytes(settings.chunkBytes());
            ByteString after = sink.resumeAfter();
            if (after != null) {
                request.setAfter(after);
            }
            CopyNextReply reply =
                    retry(() -> source.withDeadlineAfter(settings.callLimit().toMillis(), TimeUnit.MILLISECONDS)
                            .next(request.build()));
            require(reply.hasError(), reply.getError());
            if (!reply.hasChunk()) {
                return;
            }
            CopyChunk chunk = reply.getChunk();
            sink.accept(
                    new SnapshotSource.Chunk(chunk.getData(), chunk.getEnd(), chunk.getRows(), chunk.getChecksum()));
            listener.accept(progress.setRowsCopied(progress.getRowsCopied() + chunk.getRows())
                    .setBytesCopied(progress.getBytesCopied() + chunk.getData().size())
                    .build());
            TimeUnit.NANOSECONDS.sleep(pace.delayAfter(chunk.getData().size(), nanoTime.getAsLong()));
        }
    }

    /**
     * The copy is complete by now: a source that does not hear this releases the view by itself, when nobody asks for
     * it.
     */
    private void release(String copyId) {
        try {
            CopyCloseReply released = source.withDeadlineAfter(
                            settings.callLimit().toMillis(), TimeUnit.MILLISECONDS)
                    .close(CopyCloseRequest.newBuilder().setCopyId(copyId).build());
            LOG.debug("copy {} released: {}", copyId, released);
        } catch (StatusRuntimeException e) {
            LOG.info("copy {} is complete, {} was not told: {}", copyId, sourceName, e.getStatus());
        }
    }

    /** A call to the source. */
    private interface Call<T> {
        T run();
    }

    private <T> T retry(Call<T> call) throws CopyFailedException, InterruptedException {
        long deadline = nanoTime.getAsLong() + settings.patience().toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            try {
                return call.run();
            } catch (StatusRuntimeException e) {
                Status.Code code = e.getStatus().getCode();
                boolean mayPass = code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED;
                if (!mayPass || nanoTime.getAsLong() - deadline >= 0) {
                    throw new CopyFailedException(
                            ErrorCode.STORE_UNAVAILABLE.name(),
                            "no answer from " + sourceName + ": " + e.getStatus(),
                            e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }

    private void require(boolean failed, ErrorDetail error) throws CopyFailedException {
        if (failed) {
            throw new CopyFailedException(error.getCode(), sourceName + ": " + error.getMessage());
        }
    }

    private static List<TableChecksum> checksums(CopySumsReply sums) {
        return sums.getTablesList().stream()
                .map(sum -> TableChecksum.newBuilder()
                        .setTable(sum.getTable())
                        .setRows(sum.getRows())
                        .setHigh(sum.getHigh())
                        .setLow(sum.getLow())
                        .build())
                .toList();
    }
}
