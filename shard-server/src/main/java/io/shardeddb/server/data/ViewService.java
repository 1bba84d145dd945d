package io.shardeddb.server.data;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.OpenView;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ViewReply;
import io.shardeddb.protocol.wire.ViewRequest;
import io.shardeddb.protocol.wire.ViewsGrpc;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.runtime.GroupClients;
import io.shardeddb.server.runtime.SerialExecutor;
import io.shardeddb.server.store.RowsView;
import io.shardeddb.server.store.StoreUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Views for interactive transactions. Each is a connection to the database that holds a snapshot, so their number and
 * their life are bounded. A view ends with its call: a router that dies leaves none behind.
 */
public final class ViewService extends ViewsGrpc.ViewsImplBase {

    /** Views that are open at the same time, at most: the database needs connections for all else too. */
    static final int MOST_VIEWS = 64;

    /** Longer than any transaction lives. A router that is frozen does not end its views. */
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final GroupClients clients;
    private final AtomicInteger open = new AtomicInteger();

    public ViewService(GroupClients clients) {
        this.clients = clients;
    }

    @Override
    public StreamObserver<ViewRequest> open(StreamObserver<ViewReply> answer) {
        return new Call((ServerCallStreamObserver<ViewReply>) answer);
    }

    /** Number of views that are open or being opened. */
    int views() {
        return open.get();
    }

    /** One view. Requests are done one after the other, in their order. */
    private final class Call implements StreamObserver<ViewRequest> {
        private final ServerCallStreamObserver<ViewReply> answer;
        private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);
        private boolean begun;

        // Of the tasks, which run one after the other.
        private @Nullable RowsView view;
        private boolean counted;
        private boolean over;
        private SerialExecutor.@Nullable Cancellable life;

        Call(ServerCallStreamObserver<ViewReply> answer) {
            this.answer = answer;
            answer.setOnCancelHandler(this::end);
        }

        private void then(Runnable task) {
            then(() -> {
                task.run();
                return CompletableFuture.completedFuture(true);
            });
        }

        /** Does something when all before it is done. */
        private synchronized void then(Supplier<CompletableFuture<Boolean>> task) {
            last = last.thenComposeAsync(
                            ignored -> task.get(), clients.surroundings().scans())
                    .exceptionally(this::failed);
        }

        private boolean failed(Throwable failure) {
            refuse(ErrorCode.INTERNAL, "a fault of the server: " + failure, LeaderHint.getDefaultInstance());
            return true;
        }

        @Override
        public void onNext(ViewRequest request) {
            boolean first = !begun;
            begun = true;
            if (first && request.hasOpen()) {
                then(() -> open(request.getOpen()));
            } else if (!first && request.hasRead()) {
                then(() -> read(request.getRead()));
            } else {
                then(() -> refuse(
                        ErrorCode.MALFORMED_REQUEST,
                        "a view is opened once, and first",
                        LeaderHint.getDefaultInstance()));
            }
        }

        private CompletableFuture<Boolean> open(OpenView request) {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            if (over) {
                done.complete(true);
                return done;
            }
            counted = true;
            if (open.incrementAndGet() > MOST_VIEWS) {
                refuse(
                        ErrorCode.OVERLOADED,
                        "more than " + MOST_VIEWS + " interactive transactions read from this server",
                        LeaderHint.getDefaultInstance());
                done.complete(true);
                return done;
            }
            ReadRequest read = ReadRequest.newBuilder()
                    .setGroup(request.getGroup())
                    .setLevel(ReadLevel.STRONG)
                    .setCut(request.getCut())
                    .setTimeoutMillis(request.getTimeoutMillis())
                    .build();
            clients.openView(
                    read,
                    opened -> {
                        opened(opened);
                        done.complete(true);
                    },
                    refused -> {
                        refuse(refused);
                        done.complete(true);
                    });
            return done;
        }

        private void opened(RowsView opened) {
            view = opened;
            life = clients.surroundings()
                    .timer()
                    .after(
                            LONGEST_LIFE_NANOS,
                            () -> then(() -> refuse(
                                    ErrorCode.TRANSACTION_LOST,
                                    "the view is too old",
                                    LeaderHint.getDefaultInstance())));
            send(ViewReply.newBuilder().setIndex(opened.index()).build());
        }

        private void read(ReadRequest request) {
            RowsView present = view;
            if (over || present == null) {
                return;
            }
            try {
                send(ViewReply.newBuilder().setRead(present.read(request)).build());
            } catch (StoreUnavailableException e) {
                refuse(
                        ErrorCode.TRANSACTION_LOST,
                        "the view is lost: " + e.getMessage(),
                        LeaderHint.getDefaultInstance());
            }
        }

        private void send(ViewReply reply) {
            if (!answer.isCancelled()) {
                answer.onNext(reply);
            }
        }

        private void refuse(ReadReply refused) {
            send(ViewReply.newBuilder()
                    .setError(refused.getError())
                    .setLeader(refused.getLeader())
                    .build());
            finish();
        }

        private void refuse(ErrorCode code, String text, LeaderHint leader) {
            if (!over) {
                refuse(Answers.read(code, text, leader));
            }
        }

        @Override
        public void onError(Throwable failure) {
            end();
        }

        @Override
        public void onCompleted() {
            end();
        }

        private void end() {
            then(this::finish);
        }

        private void finish() {
            if (over) {
                return;
            }
            over = true;
            RowsView present = view;
            view = null;
            if (present != null) {
                present.close();
            }
            if (counted) {
                open.decrementAndGet();
            }
            SerialExecutor.Cancellable timed = life;
            if (timed != null) {
                timed.cancel();
            }
            if (!answer.isCancelled()) {
                answer.onCompleted();
            }
        }
    }
}
