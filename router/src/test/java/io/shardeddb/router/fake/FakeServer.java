package io.shardeddb.router.fake;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.link.Link;
import io.shardeddb.protocol.link.LinkReceiver;
import io.shardeddb.protocol.link.LinkServer;
import io.shardeddb.protocol.link.LinkThreads;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.protocol.wire.LeaderUpdate;
import io.shardeddb.protocol.wire.LinkHello;
import io.shardeddb.protocol.wire.NumberedReply;
import io.shardeddb.protocol.wire.NumberedRequest;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ReplyFrame;
import io.shardeddb.protocol.wire.RequestFrame;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.protocol.wire.WatchLeadersRequest;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.topology.GroupId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One server of a fake cluster: real gRPC and links over loopback, with switches for what may go wrong. */
public final class FakeServer extends DataGrpc.DataImplBase implements AutoCloseable {

    private static final int SERVER_PAGE = 1_000;
    private static final int MAX_ROWS_IN_CHUNK = 500;
    private static final int PORT_ATTEMPTS = 200;

    private final int number;
    private final Map<GroupId, FakeGroup> groups;
    private final List<String> addresses;
    private final Server server;
    private final LinkServer links;
    private final LinkThreads threads = LinkThreads.start("fake-links");
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<StreamObserver<LeaderUpdate>> watchers = new CopyOnWriteArrayList<>();

    /** Writes still to be run without an answer: the connection breaks instead. */
    public final AtomicInteger loseAnswers = new AtomicInteger();

    /** Writes and reads still to be left without any answer or effect, as by a frozen process. */
    public final AtomicInteger freeze = new AtomicInteger();

    /** Most rows of one chunk of a scan. */
    public final AtomicInteger rowsInChunk = new AtomicInteger(MAX_ROWS_IN_CHUNK);

    /** How each scan that begins from now on will end. */
    public volatile Supplier<ScanBreak> scanBreak = () -> ScanBreak.NONE;

    /**
     * What happens to a scan.
     *
     * @param rows after which it happens
     * @param kind how it shows
     */
    public record ScanBreak(int rows, Kind kind) {
        /** It is read to its end. */
        public static final ScanBreak NONE = new ScanBreak(Integer.MAX_VALUE, Kind.CONNECTION);

        /** Ways to end. */
        public enum Kind {
            /** As by a process that was killed. */
            CONNECTION,
            /** The rows' database went away. */
            STORE,
            /** The server answers as a follower, as servers of an older version did in the middle of a scan. */
            FOLLOWER,
            /** The tables were changed. */
            TABLES,
            /** Nothing more comes, as from a frozen process. */
            SILENCE
        }
    }

    /** Whether scans say what their group owns at their end alone, as servers of older versions do. */
    public volatile boolean olderScans;

    /** What scans say at their end that their group owns; null: what it does. */
    public volatile @Nullable Interval ownedAtScanEnd;

    /** Reads with the limit of a probe that came. */
    public final AtomicInteger probes = new AtomicInteger();

    /** Calls of Read, Write and Scan that came, but for the ends of transactions: they come after the answer. */
    public final AtomicInteger calls = new AtomicInteger();

    FakeServer(int number, Map<GroupId, FakeGroup> groups, List<String> addresses) {
        this.number = number;
        this.groups = groups;
        this.addresses = addresses;
        Listening listening = listen(1);
        server = listening.grpc();
        links = listening.links();
    }

    private record Listening(Server grpc, LinkServer links) {}

    /** The port behind a free one may be taken, as by connections that another test has closed a moment ago. */
    private Listening listen(int attempt) {
        Server grpc = null;
        try {
            grpc = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .executor(workers)
                    .maxInboundMessageSize(64 * 1024 * 1024)
                    .addService(this)
                    .addService(new FakeControl(number, groups, addresses))
                    .build()
                    .start();
            return new Listening(grpc, links(grpc.getPort()));
        } catch (IOException e) {
            if (grpc == null || attempt == PORT_ATTEMPTS) {
                throw new UncheckedIOException(e);
            }
            grpc.shutdownNow();
            return listen(attempt + 1);
        }
    }

    private LinkServer links(int grpcPort) throws IOException {
        return new LinkServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), grpcPort),
                threads,
                LinkHello.newBuilder(),
                Authentication.NONE,
                (hello, caller) -> caller.take(RequestFrame.parser(), Frames::new));
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** Tells all watchers who leads now. */
    public void announce() {
        groups.values().forEach(group -> {
            LeaderUpdate update = update(group);
            watchers.forEach(watcher -> tell(watcher, update));
        });
    }

    /** One thread at a time may write to a stream. */
    private static void tell(StreamObserver<LeaderUpdate> watcher, LeaderUpdate update) {
        synchronized (watcher) {
            watcher.onNext(update);
        }
    }

    private LeaderUpdate update(FakeGroup group) {
        return LeaderUpdate.newBuilder()
                .setGroup(group.id.toWire())
                .setLeader(group.hint(addresses, number))
                .build();
    }

    @Override
    public void watchLeaders(WatchLeadersRequest request, StreamObserver<LeaderUpdate> answer) {
        ((ServerCallStreamObserver<LeaderUpdate>) answer).setOnCancelHandler(() -> watchers.remove(answer));
        groups.values().forEach(group -> tell(answer, update(group)));
        tell(answer, LeaderUpdate.newBuilder().setSnapshotComplete(true).build());
        watchers.add(answer);
    }

    /** A router's link. The failure of one request ends it. */
    private final class Frames implements LinkReceiver<RequestFrame> {
        private final Link<RequestFrame, ReplyFrame> link;

        Frames(Link<RequestFrame, ReplyFrame> link) {
            this.link = link;
        }

        @Override
        public void received(RequestFrame frame) {
            // A slow request must not keep others waiting.
            frame.getRequestsList().forEach(request -> workers.execute(() -> run(request)));
        }

        private void run(NumberedRequest request) {
            NumberedReply.Builder reply = NumberedReply.newBuilder().setNumber(request.getNumber());
            try {
                if (request.hasWrite()) {
                    write(request.getWrite(), new One<>(this, reply::setWrite));
                } else if (request.hasCut() && olderScans) {
                    ErrorCode unknown = ErrorCode.MALFORMED_REQUEST;
                    answer(reply.setError(new DatabaseException(unknown, "this server does not know it").toWire()));
                } else if (request.hasCut()) {
                    FakeGroup group = group(GroupId.ofWire(request.getCut().getGroup()));
                    answer(reply.setCut(group.check(request.getCut(), number, addresses)));
                } else {
                    read(request.getRead(), new One<>(this, reply::setRead));
                }
            } catch (StatusRuntimeException e) {
                link.close();
            }
        }

        void answer(NumberedReply.Builder reply) {
            ReplyFrame frame = ReplyFrame.newBuilder().addReplies(reply).build();
            link.thread().execute(() -> link.send(frame));
        }

        void end() {
            link.close();
        }

        @Override
        public void ready() {
            // Answers are few.
        }

        @Override
        public void ended(String reason) {
            // The router is gone.
        }
    }

    /** A single answer's way into its stream. */
    private record One<T>(Frames stream, Function<T, NumberedReply.Builder> numbered) implements StreamObserver<T> {
        @Override
        public void onNext(T reply) {
            stream.answer(numbered.apply(reply));
        }

        @Override
        public void onError(Throwable failure) {
            stream.end();
        }

        @Override
        public void onCompleted() {
            // The stream goes on.
        }
    }

    /** Chooses what becomes of each write that this server takes as the leader of its group. */
    public volatile Function<GroupId, WriteFault> writeFaults = group -> WriteFault.NONE;

    /** Writes that are still to run later. */
    public final AtomicInteger later = new AtomicInteger();

    private static final int LATER_MILLIS = 30;

    private void runLater(FakeGroup group, WriteRequest request) {
        later.incrementAndGet();
        workers.execute(() -> {
            try {
                Thread.sleep(LATER_MILLIS);
                group.write(request);
            } catch (DatabaseException _) {
                // So it is refused after all.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                later.decrementAndGet();
            }
        });
    }

    /** Does what a fault asks for; true when there is nothing more to do. */
    private boolean fails(WriteFault fault, FakeGroup group, WriteRequest request, StreamObserver<WriteReply> answer) {
        switch (fault) {
            case NONE -> {
                return false;
            }
            case ANSWER_LOST -> {
                group.write(request);
                answer.onError(Status.UNAVAILABLE.withDescription("cut").asRuntimeException());
            }
            case SILENCE -> group.write(request);
            case NEVER_SEEN -> {
                // As by a frozen process.
            }
            case RUNS_LATER, RUNS_LATER_THOUGH_REFUSED -> {
                runLater(group, request);
                ErrorCode told = fault == WriteFault.RUNS_LATER ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.NOT_LEADER;
                answer.onNext(WriteReply.newBuilder()
                        .setError(new DatabaseException(told, "as the test asked").toWire())
                        .setLeader(group.hint(addresses, number))
                        .build());
                answer.onCompleted();
            }
        }
        return true;
    }

    @Override
    public void write(WriteRequest request, StreamObserver<WriteReply> answer) {
        calls.addAndGet(request.getSchemaVersion() == 0 ? 0 : 1);
        if (take(freeze)) {
            return;
        }
        FakeGroup group = group(GroupId.ofWire(request.getGroup()));
        WriteReply reply;
        WriteFault fault = group.leads(number) ? writeFaults.apply(group.id) : WriteFault.NONE;
        try {
            if (!group.leads(number)) {
                throw new DatabaseException(ErrorCode.NOT_LEADER, "not the leader");
            }
            if (fails(fault, group, request, answer)) {
                return;
            }
            reply = group.write(request);
        } catch (DatabaseException e) {
            reply = WriteReply.newBuilder().setError(e.toWire()).build();
        }
        if (take(loseAnswers)) {
            answer.onError(Status.UNAVAILABLE.withDescription("cut").asRuntimeException());
            return;
        }
        answer.onNext(reply.toBuilder().setLeader(group.hint(addresses, number)).build());
        answer.onCompleted();
    }

    private static boolean take(AtomicInteger count) {
        return count.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    private FakeGroup group(GroupId id) {
        FakeGroup group = groups.get(id);
        if (group == null) {
            throw Status.NOT_FOUND.asRuntimeException();
        }
        return group;
    }

    @Override
    public void read(ReadRequest request, StreamObserver<ReadReply> answer) {
        calls.incrementAndGet();
        if (take(freeze)) {
            return;
        }
        FakeGroup group = group(GroupId.ofWire(request.getGroup()));
        ReadReply.Builder reply = ReadReply.newBuilder();
        try {
            Iterator<ByteString> rows = rows(group, request);
            int limit = request.hasRange() && request.getRange().getLimit() > 0
                    ? Math.min(SERVER_PAGE, request.getRange().getLimit())
                    : SERVER_PAGE;
            while (rows.hasNext() && reply.getRowsCount() < limit) {
                reply.addRows(rows.next());
            }
            reply.setMore(rows.hasNext())
                    .setIndex(group.index())
                    .setEpoch(group.epoch())
                    .setInterval(group.interval().toWire());
            group.tell(request, reply);
            probes.addAndGet(limit == 1 ? 1 : 0);
        } catch (DatabaseException e) {
            reply.setError(e.toWire());
        }
        answer.onNext(reply.setLeader(group.hint(addresses, number)).build());
        answer.onCompleted();
    }

    private Iterator<ByteString> rows(FakeGroup group, ReadRequest request) {
        if (request.getLevel() == ReadLevel.STRONG && !group.leads(number)) {
            throw new DatabaseException(ErrorCode.NOT_LEADER, "not the leader");
        }
        return group.select(request);
    }

    @Override
    public void scan(ReadRequest request, StreamObserver<ScanChunk> answer) {
        calls.incrementAndGet();
        ServerCallStreamObserver<ScanChunk> call = (ServerCallStreamObserver<ScanChunk>) answer;
        FakeGroup group = group(GroupId.ofWire(request.getGroup()));
        ScanEnd.Builder end = ScanEnd.newBuilder()
                .setLeader(group.hint(addresses, number))
                .setIndex(group.index())
                .setEpoch(group.epoch())
                .setInterval(group.interval().toWire());
        try {
            Iterator<ByteString> rows = rows(group, request);
            ScanTask task = new ScanTask(call, rows, request.getRange().getLimit(), end);
            if (request.hasCut() && !olderScans) {
                call.onNext(task.view().build());
            }
            call.setOnReadyHandler(task);
        } catch (DatabaseException e) {
            call.onNext(ScanChunk.newBuilder().setEnd(end.setError(e.toWire())).build());
            call.onCompleted();
        }
    }

    private final class ScanTask implements Runnable {
        private final ServerCallStreamObserver<ScanChunk> call;
        private final Iterator<ByteString> rows;
        private final int limit;
        private final ScanEnd.Builder end;
        private final ScanBreak ending = scanBreak.get();
        private int sent;
        private boolean done;

        ScanTask(ServerCallStreamObserver<ScanChunk> call, Iterator<ByteString> rows, int limit, ScanEnd.Builder end) {
            this.call = call;
            this.rows = rows;
            this.limit = limit == 0 ? Integer.MAX_VALUE : limit;
            this.end = end;
        }

        @Override
        public synchronized void run() {
            while (!done && call.isReady()) {
                if (sent >= ending.rows()) {
                    done = true;
                    breakOff();
                    return;
                }
                int most = Math.min(rowsInChunk.get(), ending.rows() - sent);
                ScanChunk.Builder chunk = sent == 0 ? view() : ScanChunk.newBuilder();
                while (chunk.getRowsCount() < most && rows.hasNext() && sent < limit) {
                    chunk.addRows(rows.next());
                    sent++;
                }
                if (chunk.getRowsCount() > 0) {
                    call.onNext(chunk.build());
                } else {
                    done = true;
                    finish(end.setRows(sent));
                }
            }
        }

        ScanChunk.Builder view() {
            ScanChunk.Builder view = ScanChunk.newBuilder().setIndex(end.getIndex());
            return olderScans ? view : view.setEpoch(end.getEpoch()).setInterval(end.getInterval());
        }

        private void breakOff() {
            switch (ending.kind()) {
                case CONNECTION -> call.onError(Status.UNAVAILABLE.asRuntimeException());
                case STORE -> finish(error(ErrorCode.STORE_UNAVAILABLE));
                case FOLLOWER -> finish(error(ErrorCode.NOT_LEADER));
                case TABLES -> finish(error(ErrorCode.SCHEMA_CHANGED));
                case SILENCE -> {
                    // The router has to leave.
                }
            }
        }

        private ScanEnd.Builder error(ErrorCode code) {
            return end.setError(new DatabaseException(code, "as the test asked").toWire());
        }

        private void finish(ScanEnd.Builder last) {
            Interval owned = ownedAtScanEnd;
            if (owned != null) {
                last.setInterval(owned.toWire());
            }
            call.onNext(ScanChunk.newBuilder().setEnd(last).build());
            call.onCompleted();
        }
    }

    void reset() {
        writeFaults = group -> WriteFault.NONE;
        loseAnswers.set(0);
        freeze.set(0);
        scanBreak = () -> ScanBreak.NONE;
        rowsInChunk.set(MAX_ROWS_IN_CHUNK);
        calls.set(0);
        probes.set(0);
        olderScans = false;
        ownedAtScanEnd = null;
    }

    /** Stops it as kill -9 would. */
    public void kill() {
        server.shutdownNow();
        links.close();
    }

    @Override
    public void close() {
        kill();
        threads.close();
    }
}
