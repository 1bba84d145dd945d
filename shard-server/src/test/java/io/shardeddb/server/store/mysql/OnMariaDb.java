package io.shardeddb.server.store.mysql;

import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.database.StoreFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests on a database server of their own, which runs from the first of a class to the last. Classes run one after the
 * other.
 */
public abstract class OnMariaDb {

    @TempDir
    static Path directory;

    protected static MariaDbServer server;
    protected static MySqlStoreFactory factory;

    @BeforeAll
    public static void start() {
        server = MariaDbServer.start(directory);
        factory = StoreFixture.factory(server);
    }

    @AfterAll
    public static void stop() {
        factory.close();
        server.close();
    }
}
