package io.shardeddb.simulator.driver;

import io.grpc.stub.StreamObserver;
import io.shardeddb.consensus.Message;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.PeerChecksumsReply;
import io.shardeddb.protocol.wire.PeerChecksumsRequest;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.SettleRequest;
import io.shardeddb.protocol.wire.TakeCopyReply;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.protocol.wire.TickReply;
import io.shardeddb.protocol.wire.TickRequest;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.PeerCalls;
import io.shardeddb.server.group.PeerSender;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Links between servers: in order each, late, cut, and lossy; and the ways of clients and operator to them. */
final class Network {
    /** How long a server has for a request of a client or a router. */
    static final int TIMEOUT_MILLIS = 600;

    private final World world;
    private final Schedule schedule;
    private final boolean[][] cut;
    private final long[][] last;

    Network(World world, int servers) {
        this.world = world;
        schedule = world.schedule();
        cut = new boolean[servers][servers];
        last = new long[servers][servers];
    }

    private long delay() {
        return schedule.oneIn(40)
                ? schedule.between(Schedule.MILLI, 120 * Schedule.MILLI)
                : schedule.between(40 * Schedule.MICRO, 1_200 * Schedule.MICRO);
    }

    /** What leaves one server comes to another no more, or again. */
    void cut(int from, int to, boolean isCut) {
        cut[from][to] = isCut;
    }

    void healAll() {
        for (boolean[] row : cut) {
            Arrays.fill(row, false);
        }
    }

    boolean joined(SimServer one, SimServer other) {
        return !cut[one.number()][other.number()] && !cut[other.number()][one.number()];
    }

    /** The connections of a server broke: the others may notice at once. */
    void broke(SimServer ended) {
        for (SimServer other : world.servers()) {
            if (other != ended && schedule.oneIn(2)) {
                schedule.after(delay(), () -> {
                    SimServer.Running up = other.running();
                    if (up != null && up.process().frozenUntil() <= schedule.now()) {
                        up.process().run(() -> up.runtime().unreachable(ended.endpoint()));
                    }
                });
            }
        }
    }

    PeerSender sender(SimProcess from) {
        return (endpoint, messages) -> send(from, world.serverAt(endpoint), List.copyOf(messages));
    }

    private void send(SimProcess from, SimServer to, List<Message> messages) {
        SimServer sender = from.server();
        int a = sender.number();
        int b = to.number();
        int loss = world.knobs().lossOneIn();
        if (cut[a][b] || (world.faultsGoOn() && loss > 0 && schedule.oneIn(loss))) {
            return;
        }
        long arrival = schedule.now() + delay();
        if (!schedule.oneIn(50)) {
            // One connection keeps the order; a new one may overtake what is left in the old.
            arrival = Math.max(arrival, last[a][b] + 1);
        }
        last[a][b] = arrival;
        long wall = sender.wallMillis();
        deliver(sender, to, messages, wall, arrival - schedule.now());
        if (world.faultsGoOn() && schedule.oneIn(200)) {
            deliver(sender, to, messages, wall, arrival - schedule.now() + delay());
        }
    }

    private void deliver(SimServer from, SimServer to, List<Message> messages, long wall, long delay) {
        schedule.after(
                delay,
                () -> inside(to, up -> {
                    schedule.trace(() -> to.name() + " from " + from.name() + " " + brief(messages));
                    up.runtime()
                            .clocks()
                            .heard(from.endpoint(), wall, up.process().nanos());
                    up.runtime().receive(from.endpoint(), messages);
                }));
    }

    private static String brief(List<Message> messages) {
        StringBuilder text = new StringBuilder();
        for (Message message : messages) {
            text.append(message.getClass().getSimpleName())
                    .append(' ')
                    .append(message.term())
                    .append(' ');
            if (message instanceof Message.AppendRequest append) {
                text.append(append.previousIndex())
                        .append('+')
                        .append(append.entries().size())
                        .append(' ');
            }
        }
        return text.toString();
    }

    /** Something comes to whatever process a server has; a frozen one sees it later. */
    private void inside(SimServer to, Consumer<SimServer.Running> what) {
        SimServer.Running up = to.running();
        if (up != null) {
            schedule.after(up.process(), 0, () -> what.accept(up));
        }
    }

    /** A call of somebody who is no server: it may get lost on its way, or its answer. */
    <T extends @Nullable Object> void call(
            SimServer to, Consumer<SimServer.Running> call, CompletableFuture<T> answer, Consumer<T> then) {
        boolean lossy = world.faultsGoOn() && world.knobs().lossOneIn() > 0;
        if (lossy && schedule.oneIn(world.knobs().lossOneIn())) {
            return;
        }
        schedule.after(delay(), () -> inside(to, call));
        var _ = answer.thenAccept(reply -> {
            if (!lossy || !schedule.oneIn(world.knobs().lossOneIn())) {
                schedule.after(delay(), () -> then.accept(reply));
            }
        });
    }

    /**
     * A request of a client or a router, which does not wait for ever.
     *
     * @param what for people, and for the rule that everybody who waits is answered once
     * @param request asks, and hands over who takes the reply
     * @param told takes the reply, if it comes in time
     * @param unanswered is run when none came in time
     */
    <T> void ask(
            SimServer to,
            String what,
            BiConsumer<SimServer.Running, Consumer<T>> request,
            Consumer<T> told,
            Runnable unanswered) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean[] over = new boolean[1];
        this.<T>call(to, up -> request.accept(up, world.once(what, up.process(), answer)), answer, reply -> {
            if (!over[0]) {
                over[0] = true;
                told.accept(reply);
            }
        });
        schedule.after((TIMEOUT_MILLIS + 100) * Schedule.MILLI, () -> {
            if (!over[0]) {
                over[0] = true;
                unanswered.run();
            }
        });
    }

    PeerCalls calls(SimProcess from) {
        return new PeerCalls() {
            @Override
            public CompletableFuture<PeerChecksumsReply> checksums(String endpoint, PeerChecksumsRequest request) {
                return CompletableFuture.failedFuture(new IllegalStateException("not modelled"));
            }

            @Override
            public CompletableFuture<TakeCopyReply> takeCopy(String endpoint, TakeCopyRequest request) {
                return askForCopy(from, endpoint, request);
            }

            @Override
            public CompletableFuture<ServerStatus> status(String endpoint) {
                return CompletableFuture.failedFuture(new IllegalStateException("not modelled"));
            }

            @Override
            public CompletableFuture<WriteReply> settle(String endpoint, SettleRequest request) {
                if (world.wrong() == Wrong.ENDED_BY_TIME) {
                    return CompletableFuture.completedFuture(WriteReply.newBuilder()
                            .setError(new DatabaseException(ErrorCode.REQUEST_NOT_RUN, "time has passed").toWire())
                            .build());
                }
                return askPeer(
                        from, endpoint, (up, answer) -> up.data().settle(request, new OneReply<>(answer::complete)));
            }

            @Override
            public CompletableFuture<WriteReply> write(String endpoint, WriteRequest request) {
                return askPeer(from, endpoint, (up, answer) -> up.data().write(request, answer::complete));
            }

            @Override
            public CompletableFuture<TickReply> tick(String endpoint, TickRequest request) {
                return CompletableFuture.failedFuture(new IllegalStateException("not modelled"));
            }
        };
    }

    private CompletableFuture<TakeCopyReply> askForCopy(SimProcess from, String endpoint, TakeCopyRequest request) {
        return askPeer(from, endpoint, (up, answer) -> {
            var _ = up.control().takeCopy(request).thenAccept(answer::complete);
        });
    }

    /** Answered, or failed when the connection breaks, as that of a process that ends does. */
    private <T> CompletableFuture<T> askPeer(
            SimProcess from, String endpoint, BiConsumer<SimServer.Running, CompletableFuture<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (endpoint.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("no way to nobody"));
        }
        SimServer to = world.serverAt(endpoint);
        SimServer.Running up = to.running();
        if (up == null || !joined(from.server(), to)) {
            schedule.after(from, delay(), () -> answer.completeExceptionally(new IllegalStateException("no way")));
            return answer;
        }
        CompletableFuture<T> there = new CompletableFuture<>();
        schedule.after(up.process(), delay(), () -> {
            call.accept(up, there);
            var _ = there.thenAccept(reply -> schedule.after(from, delay(), () -> answer.complete(reply)));
        });
        watch(from, up.process(), answer);
        return answer;
    }

    private void watch(SimProcess from, SimProcess to, CompletableFuture<?> answer) {
        schedule.after(from, 500 * Schedule.MILLI, () -> {
            if (!to.isAlive() || !joined(from.server(), to.server())) {
                answer.completeExceptionally(new IllegalStateException("the connection broke"));
            } else if (!answer.isDone()) {
                watch(from, to, answer);
            }
        });
    }

    /** Takes the one reply of a call. */
    private record OneReply<T>(Consumer<T> taker) implements StreamObserver<T> {
        @Override
        public void onNext(T reply) {
            taker.accept(reply);
        }

        @Override
        public void onError(Throwable failure) {
            throw new IllegalStateException("a reply says itself what failed", failure);
        }

        @Override
        public void onCompleted() {
            // There was one reply.
        }
    }
}
