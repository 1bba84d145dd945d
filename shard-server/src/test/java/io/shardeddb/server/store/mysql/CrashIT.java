package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.apply.ApplyTransaction;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.AppliedRow;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A failing environment is never taken for a result, and nothing is applied twice or left out. */
class CrashIT {

    @TempDir
    static Path directory;

    static MariaDbServer server;
    static MySqlStoreFactory factory;

    private String group;
    private String member;
    private ReplicaStore store;
    private Entries log;

    @BeforeAll
    static void start() {
        server = MariaDbServer.start(directory);
        factory = StoreFixture.factory(server);
    }

    @AfterAll
    static void stop() {
        factory.close();
        server.close();
    }

    @BeforeEach
    void openStore() throws Exception {
        group = StoreFixture.uid();
        member = StoreFixture.uid();
        store = opened(group, member);
        log = new Entries(StoreFixture.SCHEMA);
    }

    /** Entries that add rows and count in others, so that one applied twice or left out shows. */
    private List<CommittedEntry> history(int entries, long seed) {
        Random random = new Random(seed);
        List<CommittedEntry> history = new ArrayList<>(log.beginning());
        for (int i = 0; i < entries; i++) {
            LoggedRequest[] requests = IntStream.range(0, 1 + random.nextInt(4))
                    .mapToObj(_ -> log.request(log.row(
                            random.nextInt(3) == 0 ? OperationKind.UPSERT : OperationKind.INSERT,
                            "StudT",
                            number(random.nextInt(2 * entries)),
                            text("n"),
                            number(random.nextInt(100)))))
                    .toArray(LoggedRequest[]::new);
            history.add(log.write(requests));
        }
        return history;
    }

    /** Applies everything from where the database stands, in batches, however often the environment fails. */
    private void applyAll(List<CommittedEntry> history, int batch) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    try {
                        int applied = (int) store.applied().index();
                        while (applied < history.size()) {
                            int end = Math.min(history.size(), applied + batch);
                            applied +=
                                    store.apply(history.subList(applied, end)).size();
                        }
                        return true;
                    } catch (StoreUnavailableException _) {
                        return false;
                    }
                });
    }

    /** Opens a copy. A test before this one may have left killed connections in the pool, which gives them out. */
    private static ReplicaStore opened(String group, String member) {
        AtomicReference<ReplicaStore> opened = new AtomicReference<>();
        Awaitility.await("connections that work")
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    try {
                        opened.set(factory.open(group, member, 1));
                        opened.get().applied();
                        return true;
                    } catch (StoreUnavailableException _) {
                        return false;
                    }
                });
        return opened.get();
    }

    private void assertEqualsUninterrupted(List<CommittedEntry> history) throws Exception {
        ReplicaStore control = opened(StoreFixture.uid(), StoreFixture.uid());
        assertThat(control.apply(history)).hasSize(history.size());
        assertThat(store.applied()).isEqualTo(control.applied());
        assertThat(store.checksums().tables()).isEqualTo(control.checksums().tables());
    }

    @Test
    void replaysFromTheAppliedIndexAfterTheDatabaseWasKilled() throws Exception {
        List<CommittedEntry> history = history(600, 1);
        CompletableFuture<Void> applying = CompletableFuture.runAsync(() -> applyAll(history, 7));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> store.applied().index() > 200);

        server.kill();
        server.restart();

        applying.get(90, TimeUnit.SECONDS);
        assertEqualsUninterrupted(history);
    }

    @Test
    void keepsWhatWasFlushedWhenTheDatabaseIsKilledAtOnce() throws Exception {
        List<CommittedEntry> history = history(50, 2);
        store.apply(history);
        AppliedState flushed = store.flush();

        server.kill();
        server.restart();

        Awaitility.await().ignoreExceptions().atMost(Duration.ofSeconds(30)).until(() -> store.applied() != null);
        assertThat(store.applied()).isEqualTo(flushed);
    }

    @Test
    void answersNoReadFromADatabaseThatLostEntries() throws Exception {
        List<CommittedEntry> history = history(20, 6);
        store.apply(history.subList(0, 10));
        store.flush();
        store.apply(history.subList(10, history.size()));
        SqlText sql = new SqlText(SqlText.SCHEMA_PREFIX + group);
        // What a restart without the last commits leaves behind, made certain.
        server.kill();
        server.restart();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE " + sql.applied() + " SET log_index = 10");
        }

        Awaitility.await()
                .ignoreExceptions()
                .atMost(Duration.ofSeconds(30))
                .until(() -> store.applied().index() == 10);
        assertThatThrownBy(() -> onceConnected(() -> store.read(log.keys("StudT", Row.of(number(1))))))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("must be applied again");
        assertThatThrownBy(() -> onceConnected(() -> store.scan(log.range("StudT", null, null, 0), _ -> true)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("must be applied again");
    }

    /** Tries again on each connection from before the restart that the pool may still hold. */
    private static void onceConnected(ThrowingCallable read) throws Throwable {
        for (int tries = 0; tries < 20; tries++) {
            try {
                read.call();
                return;
            } catch (StoreUnavailableException e) {
                if (!e.toString().contains("Communications link failure")) {
                    throw e;
                }
            }
        }
    }

    @Test
    void appliesOnceWhenConnectionsAreKilledInTheMiddle() throws Exception {
        List<CommittedEntry> history = history(300, 3);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> killer = CompletableFuture.supplyAsync(() -> killConnections(done));

        applyAll(history, 5);

        done.set(true);
        assertThat(killer.get(30, TimeUnit.SECONDS)).isPositive();
        assertEqualsUninterrupted(history);
    }

    private static int killConnections(AtomicBoolean done) {
        int killed = 0;
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            long own = ownId(statement);
            while (!done.get() && killed < 60) {
                List<Long> others = new ArrayList<>();
                try (ResultSet processes = statement.executeQuery("SHOW PROCESSLIST")) {
                    while (processes.next()) {
                        boolean ours = "root".equals(processes.getString("User"));
                        if (ours && processes.getLong("Id") != own) {
                            others.add(processes.getLong("Id"));
                        }
                    }
                }
                for (long id : others) {
                    killed += kill(statement, id);
                }
                Thread.sleep(30);
            }
        } catch (SQLException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return killed;
    }

    private static long ownId(Statement statement) throws SQLException {
        try (ResultSet id = statement.executeQuery("SELECT CONNECTION_ID()")) {
            id.next();
            return id.getLong(1);
        }
    }

    private static int kill(Statement statement, long id) {
        try {
            statement.execute("KILL " + id);
            return 1;
        } catch (SQLException _) {
            // It had gone by itself.
            return 0;
        }
    }

    @Test
    void doesNotApplyTwiceWhenAnOldConnectionsCommitComesLate() throws Exception {
        store.apply(log.beginning());
        CommittedEntry entry = log.write(log.request(log.insert("StudT", number(1), text("a"), number(1))));
        SqlText sql = new SqlText(SqlText.SCHEMA_PREFIX + group);
        try (Connection old = server.connect()) {
            old.setAutoCommit(false);
            ApplyTransaction late = new ApplyTransaction(old, sql);
            AppliedRow row = late.lock();
            try (PreparedStatement insert = old.prepareStatement(
                    "INSERT INTO " + sql.table("StudT") + " VALUES (1, 'a', 1, " + entry.index() + ")")) {
                insert.executeUpdate();
            }
            late.advance(entry, entry.index(), 0, row.requestFloor(), row.requestCount());

            CompletableFuture<Throwable> second = CompletableFuture.supplyAsync(() -> {
                try {
                    store.apply(List.of(entry));
                    return new AssertionError("applied twice");
                } catch (StoreUnavailableException | UnresolvedRequestException e) {
                    return e;
                }
            });
            Awaitility.await().atMost(Duration.ofSeconds(4)).until(() -> waitsForTheLock() || second.isDone());
            assertThat(second.isDone()).isFalse();
            old.commit();

            assertThat(second.get(20, TimeUnit.SECONDS)).hasMessageContaining("does not follow");
        }
        assertThat(store.applied().index()).isEqualTo(entry.index());
        assertThat(store.read(log.keys("StudT", Row.of(number(1)))).getRowsCount())
                .isEqualTo(1);
    }

    private static boolean waitsForTheLock() throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet processes = statement.executeQuery("SHOW FULL PROCESSLIST")) {
            while (processes.next()) {
                String info = processes.getString("Info");
                if (info != null && info.contains("FOR UPDATE")) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    void leavesTheTablesToTheNewerProcess() throws Exception {
        store.apply(log.beginning());
        ReplicaStore newer = factory.open(group, member, 2);

        CommittedEntry entry = log.write(log.request(log.insert("StudT", number(1), text("a"), number(1))));
        assertThatThrownBy(() -> store.apply(List.of(entry)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("boot 2");
        assertThatThrownBy(() -> factory.open(group, member, 1)).hasMessageContaining("newer process");
        assertThat(newer.apply(List.of(entry))).hasSize(1);
    }

    @Test
    void emptiesTheTablesOfAnotherMember() throws Exception {
        store.apply(history(5, 4));

        ReplicaStore next = factory.open(group, StoreFixture.uid(), 1);

        assertThat(next.applied().index()).isZero();
        assertThat(next.applied().schema()).isNull();
        log = new Entries(StoreFixture.SCHEMA);
        assertThat(next.apply(history(5, 5))).hasSize(9);
    }

    @Test
    void takesALockTimeoutAndADeadlockForNoResult() throws Exception {
        store.apply(log.beginning());
        CommittedEntry entry = log.write(
                log.request(log.insert("StudT", number(1), text("a"), number(1))),
                log.request(log.insert("StudT", number(2), text("b"), number(1))));
        String table = new SqlText(SqlText.SCHEMA_PREFIX + group).table("StudT");
        try (Connection stranger = server.connect();
                Statement statement = stranger.createStatement()) {
            stranger.setAutoCommit(false);
            for (int id = 1000; id < 1200; id++) {
                statement.execute("INSERT INTO " + table + " VALUES (" + id + ", 'weight', 1, 1)");
            }
            statement.execute("INSERT INTO " + table + " VALUES (2, 'in the way', 1, 1)");
            CompletableFuture<Throwable> applying = CompletableFuture.supplyAsync(() -> {
                try {
                    store.apply(List.of(entry));
                    return new AssertionError("applied");
                } catch (StoreUnavailableException | UnresolvedRequestException e) {
                    return e;
                }
            });
            Awaitility.await().atMost(Duration.ofSeconds(4)).until(() -> waitsForARow(table));
            // Waits for row 1 of the applying transaction, which waits for row 2: one of the two must end.
            CompletableFuture<Boolean> crossed = CompletableFuture.supplyAsync(() -> {
                try {
                    return statement.execute("INSERT INTO " + table + " VALUES (1, 'crossing', 1, 1)");
                } catch (SQLException e) {
                    throw new CompletionException(e);
                }
            });

            assertThat(applying.get(30, TimeUnit.SECONDS)).isInstanceOf(StoreUnavailableException.class);
            assertThat(crossed).isNotNull();
            crossed.handle((_, _) -> true).get(30, TimeUnit.SECONDS);
            stranger.rollback();
        }
        assertThat(store.applied().index()).isEqualTo(entry.index() - 1);
        assertThat(store.apply(List.of(entry)).getFirst().replies())
                .allSatisfy(reply -> assertThat(reply.hasError()).isFalse());
    }

    private static boolean waitsForARow(String table) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet processes = statement.executeQuery("SHOW FULL PROCESSLIST")) {
            while (processes.next()) {
                String info = processes.getString("Info");
                if (info != null && info.startsWith("INSERT INTO " + table)) {
                    return true;
                }
            }
            return false;
        }
    }
}
