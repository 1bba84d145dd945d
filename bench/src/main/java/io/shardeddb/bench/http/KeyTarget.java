package io.shardeddb.bench.http;

import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Target;
import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A key-value space of our database, through its router's HTTP interface. Each row of a workload is a value under the
 * row's key: its columns behind one another.
 *
 * @param space its name
 */
public record KeyTarget(String name, InetSocketAddress router, String space) implements Target {

    @Override
    public Session connect(Table table, int client) throws LoadException {
        try {
            return new KeySession(new HttpConnection(router), "/v1/kv/" + space + "/");
        } catch (IOException e) {
            throw new LoadException("no connection to " + router + ": " + e.getMessage(), e);
        }
    }

    /** A row as a value. The workloads' texts need no escapes. */
    static String value(List<Object> row) {
        return row.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    /** The body that puts several rows together. */
    static String entries(List<List<Object>> rows) {
        return rows.stream()
                .map(row -> "{\"key\":\"" + row.getFirst() + "\",\"value\":\"" + value(row) + "\"}")
                .collect(Collectors.joining(",", "{\"entries\":[", "]}"));
    }

    private record KeySession(HttpConnection connection, String path) implements Session {

        @Override
        public void run(Operation operation) throws LoadException {
            try {
                switch (operation) {
                    case Operation.Insert(long _, List<List<Object>> rows)
                    when rows.size() == 1 ->
                        done("PUT", rows.getFirst().getFirst().toString(), value(rows.getFirst()));
                    case Operation.Insert insert -> done("POST", "put", entries(insert.values()));
                    case Operation.Read read -> done("GET", Long.toString(read.key()), "");
                    default -> throw new LoadException("keys are not driven with " + operation.kind());
                }
            } catch (IOException e) {
                throw new LoadException(operation.kind() + ": " + e.getMessage(), e);
            }
        }

        private void done(String method, String key, String body) throws IOException, LoadException {
            int status = connection.exchange(method, path + key, body);
            if (status / 100 != 2) {
                throw new LoadException(method + " " + path + key + ": " + status + " " + connection.body());
            }
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
