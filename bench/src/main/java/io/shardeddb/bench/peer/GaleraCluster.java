package io.shardeddb.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A MariaDB Galera cluster of three nodes on loopback addresses. */
public final class GaleraCluster implements Peer {

    private static final int NODES = 3;
    private static final int SQL_PORT = 3306;
    private static final int GROUP_PORT = 4567;
    private static final int STATE_PORT = 4444;
    private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

    private final Path folder;
    private final int network;
    private final int flushAtCommit;
    private final List<DatabaseProcess> nodes = new ArrayList<>();
    private final Thread onInterrupt = new Thread(this::interrupted, "stop-galera");
    private boolean closed;

    private GaleraCluster(Path folder, int flushAtCommit) {
        this.folder = folder;
        this.flushAtCommit = flushAtCommit;
        // A /24 of loopback addresses for each cluster; those of 127.0.0.0/16 belong to pods.
        this.network = ThreadLocalRandom.current().nextInt(1, 255 * 250);
    }

    /** Whether this machine has what a cluster needs. */
    public static boolean isInstalled() {
        return DebianMariaDb.installed();
    }

    /**
     * Installs Galera when it is missing, and starts a cluster.
     *
     * @param flushAtCommit {@code innodb_flush_log_at_trx_commit}: 1 forces each commit to disk on the node that takes
     *     it, 2 writes it and forces once a second
     * @throws IOException when it does not start; the message says why
     */
    public static GaleraCluster start(int flushAtCommit) throws IOException, InterruptedException {
        if (!isInstalled()) {
            DebianMariaDb.install();
        }
        GaleraCluster cluster = new GaleraCluster(DebianMariaDb.temporaryFolder("sdb-bench-galera"), flushAtCommit);
        Runtime.getRuntime().addShutdownHook(cluster.onInterrupt);
        try {
            for (int node = 0; node < NODES; node++) {
                cluster.startNode(node);
            }
            for (int node = 0; node < NODES; node++) {
                cluster.await(node, "wsrep_cluster_size", Integer.toString(NODES));
            }
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void startNode(int node) throws IOException, InterruptedException {
        Path home = DebianMariaDb.ownedFolder(folder.resolve("node" + node));
        Path data = DebianMariaDb.ownedFolder(home.resolve("data"));
        DebianMariaDb.makeSystemTables(data);
        synchronized (nodes) {
            if (closed) {
                throw new IOException("interrupted while the nodes were started");
            }
            nodes.add(DatabaseProcess.start(command(node, home), folder.resolve("node" + node + ".log")));
        }
        await(node, "wsrep_local_state_comment", "Synced");
    }

    private void await(int node, String variable, String value) throws IOException, InterruptedException {
        nodes.get(node)
                .await(
                        JdbcTarget.url(address(node), SQL_PORT, "root", ""),
                        new DatabaseProcess.Ready("SHOW STATUS LIKE '" + variable + "'", "Value", value),
                        START_TIMEOUT);
    }

    private String address(int node) {
        return "127." + (1 + network / 250 % 254) + "." + (1 + network % 250) + "." + (1 + node);
    }

    private List<String> command(int node, Path home) {
        String address = address(node);
        List<String> command = new ArrayList<>(List.of(
                DebianMariaDb.SERVER.toString(),
                "--no-defaults",
                "--datadir=" + home.resolve("data"),
                "--socket=" + home.resolve("mysqld.sock"),
                "--pid-file=" + home.resolve("mysqld.pid"),
                "--bind-address=" + address,
                "--port=" + SQL_PORT,
                "--skip-name-resolve",
                "--max-connections=400",
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_bin",
                "--default-storage-engine=InnoDB",
                "--innodb-buffer-pool-size=" + Peer.POOL_MEGABYTES + "M",
                "--innodb-log-file-size=" + Peer.POOL_MEGABYTES + "M",
                "--innodb-flush-log-at-trx-commit=" + flushAtCommit,
                "--innodb-autoinc-lock-mode=2",
                "--binlog-format=ROW",
                "--wsrep-on=ON",
                "--wsrep-provider=" + DebianMariaDb.GALERA,
                "--wsrep-provider-options=base_host=" + address + ";base_port=" + GROUP_PORT
                        + ";gmcast.listen_addr=tcp://" + address + ":" + GROUP_PORT + ";ist.recv_addr=" + address,
                "--wsrep-cluster-name=bench" + network,
                "--wsrep-cluster-address=gcomm://"
                        + IntStream.range(0, NODES)
                                .mapToObj(n -> address(n) + ":" + GROUP_PORT)
                                .collect(Collectors.joining(",")),
                "--wsrep-node-address=" + address + ":" + GROUP_PORT,
                "--wsrep-node-name=node" + node,
                "--wsrep-sst-method=rsync",
                "--wsrep-sst-receive-address=" + address + ":" + STATE_PORT,
                "--wsrep-slave-threads=2"));
        if (node == 0) {
            command.add("--wsrep-new-cluster");
        }
        String user = DebianMariaDb.user();
        if (user != null) {
            command.add("--user=" + user);
        }
        return command;
    }

    @Override
    public JdbcTarget target() {
        return new JdbcTarget(
                flushAtCommit == 1 ? "Galera" : "Galera, commits not synced",
                IntStream.range(0, NODES)
                        .mapToObj(node -> JdbcTarget.url(address(node), SQL_PORT, "root", ""))
                        .toList());
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // This virtual machine ends: the hook does it.
            return;
        }
        end();
    }

    private void interrupted() {
        try {
            end();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " may be left behind", e);
        }
    }

    private void end() throws IOException {
        synchronized (nodes) {
            closed = true;
            for (DatabaseProcess node : nodes.reversed()) {
                node.stop();
            }
        }
        DebianMariaDb.remove(folder);
    }
}
