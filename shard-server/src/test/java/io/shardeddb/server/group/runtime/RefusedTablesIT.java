package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.DefineSchemaRequest;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableDescription;
import io.shardeddb.protocol.wire.TryTablesReply;
import io.shardeddb.protocol.wire.TryTablesRequest;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.mysql.MySqlStoreFactory;
import io.shardeddb.server.store.sql.DatabaseAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole servers over databases: tables that the database cannot make block nothing. */
final class RefusedTablesIT {
    private final List<MariaDbServer> databases = new ArrayList<>();
    private final Cluster cluster;

    RefusedTablesIT(@TempDir Path folder) throws IOException {
        List<MySqlStoreFactory> stores = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            MariaDbServer database = MariaDbServer.start(Files.createDirectory(folder.resolve("d" + i)));
            databases.add(database);
            stores.add(new MySqlStoreFactory(
                    new DatabaseAddress(database.host(), database.port(), database.user(), ""), 8, 8));
        }
        cluster = new Cluster(folder, Retention.STANDARD, stores);
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
        for (MariaDbServer database : databases) {
            database.close();
        }
    }

    /** Keeps all rules of ours; one row of it does not fit a page. */
    private static SchemaDefinition withTable(long version, int columns) {
        TableDescription.Builder table = TableDescription.newBuilder()
                .setName("wide")
                .addColumns(ColumnDescription.newBuilder().setName("k").setType("Number"))
                .addPrimaryKey("k")
                .setShardKey("k");
        for (int i = 0; i < columns; i++) {
            table.addColumns(ColumnDescription.newBuilder()
                    .setName("c" + i)
                    .setType("VARCHAR(40)")
                    .setNullable(true));
        }
        return Cluster.SCHEMA.toBuilder().setVersion(version).addTables(table).build();
    }

    private ControlReply define(SchemaDefinition schema) {
        return cluster.control(cluster.leader())
                .defineSchema(DefineSchemaRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setSchema(schema)
                        .setTimeoutMillis(8000)
                        .build());
    }

    private TryTablesReply attempt(int columns) {
        return cluster.control(1)
                .tryTables(TryTablesRequest.newBuilder()
                        .setPresent(Cluster.SCHEMA)
                        .setSchema(withTable(2, columns))
                        .build());
    }

    @Test
    void triesTablesWithoutAShard() {
        TryTablesReply made = attempt(20);
        assertThat(made.hasError()).as(made.toString()).isFalse();
        assertThat(made.getEngine()).isNotEmpty();
        assertThat(attempt(60).getError().getCode()).isEqualTo("INVALID_SCHEMA");
        databases.get(1).kill();
        assertThat(attempt(60).getError().getCode()).isEqualTo("STORE_UNAVAILABLE");
    }

    private void awaitHealthy() {
        Awaitility.await("all of them in step")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(IntStream.range(0, 3).mapToObj(cluster::status))
                        .allSatisfy(status -> {
                            assertThat(status.getState()).isEqualTo(ReplicaState.HEALTHY);
                            assertThat(status.getAppliedIndex()).isEqualTo(status.getCommitIndex());
                        }));
    }

    @Test
    void aDefinitionThatTheDatabasesRefuseBlocksNothing() throws IOException {
        cluster.threeVoters();
        cluster.write(cluster.leader(), 0, 10);

        for (int i = 0; i < 2; i++) {
            ControlReply refused = define(withTable(2, 60));
            assertThat(refused.getError().getCode()).as(refused.toString()).isEqualTo("INVALID_SCHEMA");
            assertThat(refused.getError().getMessage()).contains("table wide");
            cluster.write(cluster.leader(), 10 + 10L * i, 20 + 10L * i);
        }
        awaitHealthy();
        cluster.requireEqualRows(cluster.leader(), 8000, 3, 30);

        for (int i = 0; i < 3; i++) {
            cluster.stop(i);
            cluster.start(i);
            cluster.awaitLeaderOtherThan(-1);
        }
        awaitHealthy();
        assertThat(cluster.status(cluster.leader()).getSchemaVersion()).isEqualTo(1);
        Cluster.require(define(withTable(3, 20)));
        awaitHealthy();
        assertThat(IntStream.range(0, 3).mapToObj(cluster::status))
                .allSatisfy(status -> assertThat(status.getSchemaVersion()).isEqualTo(3));
        cluster.requireEqualRows(cluster.leader(), 8000, 3, 30);
    }
}
