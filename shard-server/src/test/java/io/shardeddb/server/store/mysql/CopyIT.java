package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.CopyProgress;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.server.copy.CopyClient;
import io.shardeddb.server.copy.CopyFailedException;
import io.shardeddb.server.copy.CopyPins;
import io.shardeddb.server.copy.CopyServer;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSink;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.database.StoreFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica takes over another one's rows, records and state, wherever it is interrupted. */
class CopyIT {

    private static final Uid GROUP = Uid.newBuilder().setHigh(1).setLow(2).build();
    private static final Uid RECEIVER = Uid.newBuilder().setHigh(3).setLow(4).build();
    private static final int ROWS = 2_000;
    private static final CopyClient.Settings SMALL_CHUNKS =
            new CopyClient.Settings(4_096, 0, Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofMillis(100));

    @TempDir
    static Path directory;

    static MariaDbServer database;
    static MySqlStoreFactory factory;

    private final Map<String, Long> pinned = new ConcurrentHashMap<>();
    private final AtomicLong clock = new AtomicLong();
    private final List<CopyProgress> progress = new ArrayList<>();
    private ReplicaStore source;
    private ReplicaStore target;
    private Entries log;
    private List<CommittedEntry> history;
    private CopyServer copies;
    private Server server;
    private ManagedChannel channel;

    @BeforeAll
    static void start() {
        database = MariaDbServer.start(directory);
        factory = StoreFixture.factory(database);
    }

    @AfterAll
    static void stop() {
        factory.close();
        database.close();
    }

    @BeforeEach
    void serve() throws Exception {
        source = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        target = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        log = new Entries(StoreFixture.SCHEMA);
        history = new ArrayList<>(log.beginning());
        history.add(log.configuration("members"));
        for (int from = 0; from < ROWS; from += 50) {
            int first = from;
            history.add(log.write(log.request(IntStream.range(first, first + 50)
                    .mapToObj(id -> log.insert("StudT", number(id), text("name of " + id), number(id)))
                    .toArray(RowOperation[]::new))));
        }
        source.apply(history);
        CopyPins pins = new CopyPins() {
            @Override
            public void opened(Uid group, String copyId, long index) {
                pinned.put(copyId, index);
            }

            @Override
            public void closed(Uid group, String copyId) {
                pinned.remove(copyId);
            }
        };
        copies = new CopyServer(
                group -> group.equals(GROUP) ? source : null, pins, 2, Duration.ofSeconds(30), clock::get);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(copies)
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stopServing() {
        channel.shutdownNow();
        server.shutdownNow();
        copies.close();
        source.close();
        target.close();
    }

    private CopyClient client(Channel through) {
        return new CopyClient(through, "Server0", SMALL_CHUNKS, progress::add, System::nanoTime);
    }

    /** Lets so many calls through and breaks the connection for all later ones. */
    private Channel breakingAfter(int calls) {
        AtomicInteger left = new AtomicInteger(calls);
        return ClientInterceptors.intercept(channel, new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                if (left.getAndDecrement() > 0) {
                    return next.newCall(method, options);
                }
                return next.newCall(method, options.withDeadlineAfter(0, TimeUnit.NANOSECONDS));
            }
        });
    }

    private void assertTargetEqualsSource() throws Exception {
        assertThat(target.applied()).isEqualTo(source.applied());
        try (SnapshotSource one = source.openSnapshot();
                SnapshotSource two = target.openSnapshot()) {
            assertThat(two.checksums().tables()).isEqualTo(one.checksums().tables());
            assertThat(two.checksums().tables().getFirst().getRows()).isEqualTo(ROWS);
        }
    }

    @Test
    void copiesRowsRecordsAndState() throws Exception {
        AppliedState copied = client(channel).copy(GROUP, RECEIVER, target, 0, 5);

        assertThat(copied).isEqualTo(source.applied());
        assertTargetEqualsSource();
        assertThat(target.unfinishedInstall()).isNull();
        assertThat(pinned).isEmpty();
        assertThat(copies.openCopies()).isZero();
        assertThat(progress.getLast().getRowsCopied()).isEqualTo(ROWS);
        assertThat(progress.getLast().getPhase()).isEqualTo("flush");
        assertThat(progress.getFirst().getStartedAtMillis()).isEqualTo(5);
    }

    @Test
    void goesOnWithTheLogAfterwardsAndKnowsTheCopiedRequests() throws Exception {
        LoggedRequest repeated =
                Objects.requireNonNull(history.getLast().command()).getWrite().getRequests(0);
        client(channel).copy(GROUP, RECEIVER, target, 0, 0);
        CommittedEntry next = log.write(
                repeated, log.request(log.row(OperationKind.INSERT, "StudT", number(ROWS), text("new"), number(1))));

        List<EntryOutcome> here = target.apply(List.of(next));

        assertThat(here.getFirst().replies().getFirst().getRepeated()).isTrue();
        assertThat(here).isEqualTo(source.apply(List.of(next)));
        assertThat(target.applied().stateHash()).isEqualTo(source.applied().stateHash());
    }

    @Test
    void goesOnWhereAnInterruptedCopyStopped() throws Exception {
        assertThatThrownBy(() -> client(breakingAfter(9)).copy(GROUP, RECEIVER, target, 0, 0))
                .isInstanceOf(CopyFailedException.class);
        String unfinished = target.unfinishedInstall();
        assertThat(unfinished).isNotNull();
        assertThat(pinned).containsOnlyKeys(Objects.requireNonNull(unfinished));
        assertThat(target.applied().index()).isZero();
        assertThatThrownBy(() -> target.apply(List.of(history.getFirst())))
                .hasMessageContaining("installation of a copy is not complete");
        progress.clear();

        client(channel).copy(GROUP, RECEIVER, target, 0, 0);

        assertTargetEqualsSource();
        assertThat(progress.getLast().getRowsCopied()).isBetween(1L, ROWS - 100L);
    }

    @Test
    void isOfOneViewWhileTheSourceGoesOn() throws Exception {
        AppliedState before = source.applied();
        assertThatThrownBy(() -> client(breakingAfter(9)).copy(GROUP, RECEIVER, target, 0, 0))
                .isInstanceOf(CopyFailedException.class);
        source.apply(List.of(log.write(log.request(
                log.delete("StudT", Row.of(number(ROWS - 1))),
                log.insert("StudT", number(ROWS + 7), text("later"), number(1))))));

        AppliedState copied = client(channel).copy(GROUP, RECEIVER, target, 0, 0);

        assertThat(copied).isEqualTo(before);
        assertThat(target.applied()).isEqualTo(before);
        assertThat(target.checksums().tables().getFirst().getRows()).isEqualTo(ROWS);
        assertThat(target.checksums().tables()).isNotEqualTo(source.checksums().tables());
    }

    @Test
    void beginsAnewWhenTheViewIsGone() throws Exception {
        assertThatThrownBy(() -> client(breakingAfter(9)).copy(GROUP, RECEIVER, target, 0, 0))
                .isInstanceOf(CopyFailedException.class);
        clock.addAndGet(Duration.ofSeconds(31).toNanos());
        copies.closeIdle();
        assertThat(pinned).isEmpty();
        source.apply(List.of(log.write(
                log.request(log.delete("StudT", Row.of(number(0)))),
                log.request(log.insert("StudT", number(ROWS), text("x"), number(0))))));

        client(channel).copy(GROUP, RECEIVER, target, 0, 0);

        assertTargetEqualsSource();
        assertThat(progress.getLast().getRowsCopied()).isEqualTo(ROWS);
    }

    @Test
    void survivesAKilledDatabaseOfTheReceiver() throws Exception {
        assertThatThrownBy(() -> client(breakingAfter(9)).copy(GROUP, RECEIVER, target, 0, 0))
                .isInstanceOf(CopyFailedException.class);
        database.kill();
        database.restart();
        Awaitility.await().ignoreExceptions().atMost(Duration.ofSeconds(30)).until(() -> source.applied() != null);

        // Source and target share the database here, so the source's suffix may be gone too: bring it back from the
        // log.
        source.apply(history.subList((int) source.applied().index(), history.size()));
        Awaitility.await()
                .ignoreExceptions()
                .atMost(Duration.ofSeconds(30))
                .until(() -> client(channel).copy(GROUP, RECEIVER, target, 0, 0) != null);

        assertTargetEqualsSource();
    }

    @Test
    void endsWhenTheTablesChange() throws Exception {
        assertThatThrownBy(() -> client(breakingAfter(9)).copy(GROUP, RECEIVER, target, 0, 0))
                .isInstanceOf(CopyFailedException.class);
        DatabaseSchema next = new DatabaseSchema(
                2,
                Strategy.RANGE,
                List.of(StoreFixture.STUDENTS, StoreFixture.table("Other", List.of("k"), "k Number", "v String?")));
        source.apply(List.of(log.define(next)));

        client(channel).copy(GROUP, RECEIVER, target, 0, 0);

        assertThat(progress.getLast().getRowsCopied()).isEqualTo(ROWS);
        assertThat(target.applied()).isEqualTo(source.applied());
        assertThat(target.checksums().tables()).hasSize(2);
    }

    @Test
    void refusesAChunkThatWasDamaged() throws Exception {
        try (SnapshotSource view = source.openSnapshot();
                SnapshotSink sink = target.beginInstall(view.copyId())) {
            SnapshotSource.Chunk chunk = Objects.requireNonNull(view.next(null, 1_000));
            byte[] data = chunk.data().toByteArray();
            data[data.length / 2] ^= 1;
            SnapshotSource.Chunk damaged =
                    new SnapshotSource.Chunk(ByteString.copyFrom(data), chunk.end(), chunk.rows(), chunk.checksum());

            assertThatThrownBy(() -> sink.accept(damaged))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("checksum");
        }
    }

    @Test
    void refusesToCompleteACopyThatDiffers() throws Exception {
        try (SnapshotSource view = source.openSnapshot();
                SnapshotSink sink = target.beginInstall(view.copyId())) {
            ByteString after = null;
            for (int i = 0; i < 3; i++) {
                SnapshotSource.Chunk chunk = Objects.requireNonNull(view.next(after, 1_000));
                sink.accept(chunk);
                after = chunk.end();
            }

            assertThatThrownBy(() -> sink.complete(view.at(), view.checksums()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("differs from its source");
        }
        assertThat(target.applied().index()).isZero();
    }

    @Test
    void replacesWhatALateReplicaHad() throws Exception {
        Entries early = new Entries(StoreFixture.SCHEMA);
        target.apply(early.beginning());
        target.apply(
                List.of(early.write(early.request(early.insert("StudT", number(77_777), text("old"), number(1))))));

        client(channel).copy(GROUP, RECEIVER, target, 0, 0);

        assertTargetEqualsSource();
    }

    @Test
    void refusesACopyThatIsTooOldBeforeItTouchesTheRows() throws Exception {
        target.apply(history.subList(0, 1));
        AppliedState before = target.applied();

        assertThatThrownBy(() -> client(channel)
                        .copy(GROUP, RECEIVER, target, source.applied().index() + 1, 0))
                .isInstanceOfSatisfying(
                        CopyFailedException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CAUGHT_UP.name()));

        assertThat(target.applied()).isEqualTo(before);
        assertThat(target.unfinishedInstall()).isNull();
        assertThat(copies.openCopies()).isZero();
    }

    @Test
    void remembersHowFarACompleteCopyReachedUntilTheLogHasIt() throws Exception {
        assertThat(target.copiedIndex()).isEqualTo(-1);
        client(channel).copy(GROUP, RECEIVER, target, 0, 0);
        assertThat(target.copiedIndex()).isEqualTo(source.applied().index());
        target.forgetCopy();
        assertThat(target.copiedIndex()).isEqualTo(-1);
        assertThat(target.applied()).isEqualTo(source.applied());
    }

    @Test
    void opensViewsBesideApplyingOfOneMomentEach() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        Thread applying = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < 60; i++) {
                    source.apply(List.of(log.write(
                            log.request(log.insert("StudT", number(50_000 + i), text("beside"), number(i))))));
                }
            } catch (Exception e) {
                failure.set(e);
            } finally {
                done.set(true);
            }
        });
        long base = history.getLast().index();
        do {
            try (SnapshotSource view = source.openSnapshot()) {
                long applied = view.at().index() - base;
                assertThat(view.checksums().tables().getFirst().getRows()).isEqualTo(ROWS + applied);
            }
        } while (!done.get());
        applying.join();
        assertThat(failure.get()).isNull();
    }

    @Test
    void saysWhatItCannotCopy() {
        Uid unknown = Uid.newBuilder().setHigh(9).setLow(9).build();

        assertThatThrownBy(() -> client(channel).copy(unknown, RECEIVER, target, 0, 0))
                .isInstanceOfSatisfying(
                        CopyFailedException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_GROUP.name()));
    }
}
