package io.shardeddb.bench.http;

import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Target;
import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A router that is asked for timestamps, whatever the operation.
 *
 * @param name of the contender
 * @param router its address
 * @param mode that each answer must name: a figure of the other mode is no figure
 */
public record TimestampTarget(String name, InetSocketAddress router, String mode) implements Target {

    @Override
    public Session connect(Table table, int client) throws LoadException {
        try {
            return new TimestampSession(new HttpConnection(router), "\"mode\":\"" + mode + "\"");
        } catch (IOException e) {
            throw new LoadException("no connection to " + router + ": " + e.getMessage(), e);
        }
    }

    private record TimestampSession(HttpConnection connection, String expected) implements Session {

        @Override
        public void run(Operation operation) throws LoadException {
            try {
                int status = connection.exchange("GET", "/timestamp", "");
                if (status != 200 || !connection.body().contains(expected)) {
                    throw new LoadException("/timestamp: " + status + " " + connection.body());
                }
            } catch (IOException e) {
                throw new LoadException("/timestamp: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
