package io.shardeddb.cli.proof;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.waiting.Waiter;
import io.shardeddb.protocol.credential.BearerToken;
import java.time.Duration;
import java.util.Map;

/** Sets the fault switches of a database's servers, which must have been started with them. */
public final class FaultSwitch {

    private static final Waiter WAITER = Waiter.of(Duration.ofMinutes(2), 100);
    private static final int PORT = 5000;

    private final Cluster cluster;
    private final String database;

    public FaultSwitch(Cluster cluster, String database) {
        this.cluster = cluster;
        this.database = database;
    }

    /**
     * Sets switches of one server. One that was started again answers here a moment after its copies do.
     *
     * @param body switches by name: isolated, delay_millis
     * @throws CommandFailure when the server does not take them
     */
    public void set(String server, ObjectNode body) throws InterruptedException {
        String address = cluster.serverPod(database, server).getStatus().getPodIP();
        Map<String, String> headers = cluster.secret(database)
                .map(secret -> Map.of(BearerToken.HEADER, BearerToken.of(secret)))
                .orElse(Map.of());
        try (RouterClient http = new RouterClient("http://" + address + ":" + PORT)) {
            if (!WAITER.until(() -> http.send("POST", "/faults", body, headers).succeeded())) {
                throw new CommandFailure(
                        ExitCode.TEMPORARY, "the fault switch of " + server + " does not take " + body);
            }
        }
    }
}
