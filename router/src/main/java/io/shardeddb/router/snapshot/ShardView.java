package io.shardeddb.router.snapshot;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.OpenView;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ViewReply;
import io.shardeddb.protocol.wire.ViewRequest;
import io.shardeddb.protocol.wire.ViewsGrpc;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A view of one shard that a server keeps open for as long as this call lasts. Any thread; reads are answered in their
 * order.
 */
final class ShardView implements ClientResponseObserver<ViewRequest, ViewReply>, AutoCloseable {
    private final Consumer<LeaderHint> leader;
    private final CompletableFuture<ShardView> opened = new CompletableFuture<>();
    private final Queue<CompletableFuture<ReadReply>> waiting = new ArrayDeque<>();
    private @Nullable ClientCallStreamObserver<ViewRequest> requests;
    private @Nullable DatabaseException lost;
    private long index;

    private ShardView(Consumer<LeaderHint> leader) {
        this.leader = leader;
    }

    /**
     * Opens a view.
     *
     * @param leader learns who leads, where the server says so
     * @return fails with a {@link DatabaseException} that the server answered, or with the
     *     {@link io.grpc.StatusRuntimeException} of the call
     */
    static CompletableFuture<ShardView> open(Channel server, OpenView how, Consumer<LeaderHint> leader) {
        ShardView view = new ShardView(leader);
        var _ = ViewsGrpc.newStub(server).open(view);
        view.send(ViewRequest.newBuilder().setOpen(how).build());
        return view.opened;
    }

    /** Index of the log that it shows. */
    synchronized long index() {
        return index;
    }

    /**
     * Reads keys or a page.
     *
     * @return the answer, which may hold an error; or TRANSACTION_LOST when the view is gone
     */
    CompletableFuture<ReadReply> read(ReadRequest request) {
        CompletableFuture<ReadReply> reply = new CompletableFuture<>();
        synchronized (this) {
            if (lost != null) {
                return CompletableFuture.failedFuture(lost);
            }
            waiting.add(reply);
            send(ViewRequest.newBuilder().setRead(request).build());
        }
        return reply;
    }

    private synchronized void send(ViewRequest request) {
        ClientCallStreamObserver<ViewRequest> call = requests;
        if (call != null) {
            call.onNext(request);
        }
    }

    @Override
    public synchronized void beforeStart(ClientCallStreamObserver<ViewRequest> call) {
        requests = call;
    }

    @Override
    public void onNext(ViewReply reply) {
        if (reply.hasLeader()) {
            leader.accept(reply.getLeader());
        }
        if (reply.hasError()) {
            DatabaseException error = DatabaseException.ofWire(reply.getError());
            opened.completeExceptionally(error);
            end(error);
        } else if (reply.hasRead()) {
            CompletableFuture<ReadReply> next;
            synchronized (this) {
                next = waiting.poll();
            }
            if (next != null) {
                next.complete(reply.getRead());
            }
        } else {
            synchronized (this) {
                index = reply.getIndex();
            }
            opened.complete(this);
        }
    }

    @Override
    public void onError(Throwable failure) {
        opened.completeExceptionally(failure);
        end(new DatabaseException(
                ErrorCode.TRANSACTION_LOST, "a server that held its snapshot failed: " + failure.getMessage()));
    }

    @Override
    public void onCompleted() {
        opened.completeExceptionally(
                Status.UNAVAILABLE.withDescription("the view ended").asRuntimeException());
        end(new DatabaseException(ErrorCode.TRANSACTION_LOST, "a server ended its snapshot"));
    }

    private void end(DatabaseException reason) {
        List<CompletableFuture<ReadReply>> left;
        synchronized (this) {
            if (lost == null) {
                lost = reason;
            }
            left = new ArrayList<>(waiting);
            waiting.clear();
        }
        left.forEach(each -> each.completeExceptionally(reason));
    }

    /** Lets the server end the view. */
    @Override
    public void close() {
        ClientCallStreamObserver<ViewRequest> call;
        synchronized (this) {
            call = requests;
            requests = null;
        }
        end(new DatabaseException(ErrorCode.TRANSACTION_ENDED, "the snapshot is closed"));
        if (call != null) {
            call.cancel("the view is not needed any more", null);
        }
    }
}
