package io.shardeddb.bench.http;

import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Target;
import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Our database through its router's HTTP interface.
 *
 * @param interfaceUsed which of its two interfaces
 */
public record RouterTarget(String name, InetSocketAddress router, Interface interfaceUsed) implements Target {

    /** The router's two interfaces. */
    public enum Interface {
        /** {@code /v1/tables}. */
        V1,
        /** The sharding assignment's {@code /write} and {@code /read}. */
        ASSIGNMENT
    }

    @Override
    public Session connect(Table table, int client) throws LoadException {
        try {
            HttpConnection connection = new HttpConnection(router);
            return interfaceUsed == Interface.V1
                    ? new V1Session(connection, table)
                    : new AssignmentSession(connection, table);
        } catch (IOException e) {
            throw new LoadException("no connection to " + router + ": " + e.getMessage(), e);
        }
    }

    private static void expect(int status, HttpConnection connection, String what) throws LoadException {
        if (status / 100 != 2) {
            throw new LoadException(what + ": " + status + " " + connection.body());
        }
    }

    private record V1Session(HttpConnection connection, Table table) implements Session {

        @Override
        public void run(Operation operation) throws LoadException {
            try {
                switch (operation) {
                    case Operation.Insert insert ->
                        expect(connection.exchange("POST", rows(), RowJson.rows(table, insert)), connection, "insert");
                    case Operation.Read read -> read(read);
                    case Operation.Scan scan -> scan(scan);
                    case Operation.Update update -> update(update);
                    case Operation.Add add -> add(add);
                    case Operation.ReadModifyWrite both -> {
                        read(both.read());
                        update(both.update());
                    }
                }
            } catch (IOException e) {
                throw new LoadException(operation.kind() + ": " + e.getMessage(), e);
            }
        }

        private String rows() {
            return "/v1/tables/" + table.name() + "/rows";
        }

        private void read(Operation.Read read) throws IOException, LoadException {
            expect(connection.exchange("GET", rows() + "/" + read.key(), ""), connection, "read " + read.key());
        }

        private void scan(Operation.Scan scan) throws IOException, LoadException {
            String path = rows() + "?from=" + scan.from() + "&limit=" + scan.limit();
            expect(connection.exchange("GET", path, ""), connection, "scan");
            if (!connection.body().endsWith("\"complete\":true}")) {
                throw new LoadException("a scan whose answer is not complete");
            }
        }

        private void add(Operation.Add add) throws IOException, LoadException {
            String body = "{\"operations\":[{\"update\":{\"" + table.key().name() + "\":" + add.key() + "},\"set\":{\""
                    + table.columns().get(add.column()).name() + "\":{\"add\":" + add.amount() + "}}}]}";
            expect(
                    connection.exchange("POST", "/v1/tables/" + table.name() + "/batch", body),
                    connection,
                    "add to " + add.key());
            if (!connection.body().contains("\"affected\":1,")) {
                throw new LoadException("add to " + add.key() + ": " + connection.body());
            }
        }

        private void update(Operation.Update update) throws IOException, LoadException {
            expect(
                    connection.exchange(
                            "PATCH",
                            rows() + "/" + update.key(),
                            RowJson.object(table.columns().get(update.column()).name(), update.value())),
                    connection,
                    "update " + update.key());
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private record AssignmentSession(HttpConnection connection, Table table) implements Session {

        @Override
        public void run(Operation operation) throws LoadException {
            try {
                switch (operation) {
                    case Operation.Insert insert -> {
                        StringBuilder body = new StringBuilder(64).append("{\"data\":");
                        RowJson.array(body, table, insert.values()).append('}');
                        expect(connection.exchange("POST", "/write", body), connection, "/write");
                    }
                    case Operation.Scan scan -> {
                        String body = "{\"" + table.key().name() + "\":{\"low\":" + scan.from() + ",\"high\":"
                                + (scan.from() + scan.limit() - 1) + "}}";
                        expect(connection.exchange("POST", "/read", body), connection, "/read");
                    }
                    default -> throw new LoadException("the assignment's interface is not driven with " + operation);
                }
            } catch (IOException e) {
                throw new LoadException(operation.kind() + ": " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
