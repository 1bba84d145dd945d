package io.shardeddb.systemtests.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that send each request once and retry nothing but refused connections: half of them on connections that they
 * keep, half on a new one for each request. Each writes a row of its own and reads it back, strongly, in turn.
 */
public final class OnceClients implements AutoCloseable {

    /**
     * Keys that no other test writes, one for each client, spread over the shards of {@code examples/students.yaml}.
     */
    private static final long FIRST_KEY = 3_900;

    private static final long SHARD_SIZE = 4_096;
    private static final int SHARDS = 4;
    private static final int CLIENTS = 8;
    private static final long PAUSE_MILLIS = 5;
    private static final int ANSWER_MILLIS = 30_000;
    private static final long REFUSED_NANOS = Duration.ofSeconds(10).toNanos();

    private final URI endpoint;
    private final RouterClient kept;
    private static final ObjectMapper JSON = new ObjectMapper();
    private final long started = System.nanoTime();
    private final ClientThreads threads = new ClientThreads();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /** Starts them against a router or what stands before several. */
    public OnceClients(String endpoint) {
        this.endpoint = URI.create(endpoint);
        this.kept = new RouterClient(endpoint);
        threads.start("once", CLIENTS, PAUSE_MILLIS, this::client);
    }

    private ClientThreads.Client client(int number) {
        long key = FIRST_KEY + number + number % SHARDS * SHARD_SIZE;
        boolean keeps = number < CLIENTS / 2;
        AtomicLong marks = new AtomicLong();
        return () -> writeAndRead(new Student(key, "once", marks.getAndIncrement()), key, keeps);
    }

    private void writeAndRead(Student row, long key, boolean keeps) throws InterruptedException {
        Answer written = send(
                keeps,
                "PUT",
                "/v1/tables/" + Student.TABLE + "/rows",
                JSON.createArrayNode().add(row.json()));
        note("write", row, written, written.succeeded());
        ObjectNode question = JsonNodeFactory.instance.objectNode();
        question.putObject("Stud_id").put("low", key).put("high", key);
        Answer read = send(keeps, "POST", "/read", question);
        JsonNode found = read.body().path("data");
        boolean same = found.size() == 1 && Student.of(found.path(0)).equals(row);
        // A write that failed may have been done or not.
        note("read", row, read, read.succeeded() && (same || !written.succeeded()));
    }

    private void note(String what, Student row, Answer answer, boolean good) {
        requests.incrementAndGet();
        if (!good) {
            threads.failed("after %.2f s, %s of %s: %d %s"
                    .formatted((System.nanoTime() - started) / 1e9, what, row, answer.status(), answer.text()));
        }
    }

    private Answer send(boolean keeps, String method, String path, JsonNode body) throws InterruptedException {
        long end = System.nanoTime() + REFUSED_NANOS;
        while (true) {
            try {
                return keeps ? answeredOnAKeptOne(method, path, body) : answeredOnANewOne(method, path, body);
            } catch (ConnectException e) {
                refused.incrementAndGet();
                if (System.nanoTime() - end > 0) {
                    return new Answer(
                            0, MissingNode.getInstance(), "refused for " + REFUSED_NANOS / 1_000_000_000 + " s");
                }
                Thread.sleep(PAUSE_MILLIS);
            } catch (IOException e) {
                return new Answer(0, MissingNode.getInstance(), e.toString());
            }
        }
    }

    /** The JDK's client repeats neither PUT nor POST. */
    private Answer answeredOnAKeptOne(String method, String path, JsonNode body)
            throws ConnectException, InterruptedException {
        Answer answer = kept.send(method, path, body, Map.of());
        if (answer.status() == 0 && answer.text().contains(ConnectException.class.getSimpleName())) {
            throw new ConnectException(answer.text());
        }
        return answer;
    }

    private Answer answeredOnANewOne(String method, String path, JsonNode body) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            String content = body.toString();
            String request = ("%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                            + "Content-Length: %d\r\nConnection: close\r\n\r\n%s")
                    .formatted(method, path, endpoint.getAuthority(), content.length(), content);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return answer(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** All that came on a connection for one request. */
    public static Answer answer(String text) throws IOException {
        int headEnd = text.indexOf("\r\n\r\n");
        if (headEnd < 0) {
            throw new IOException("the connection ended after " + text.length() + " characters of the answer");
        }
        String head = text.substring(0, headEnd).toLowerCase(Locale.ROOT);
        String rest = text.substring(headEnd + 4);
        String answered = head.contains("transfer-encoding: chunked") ? joined(rest) : rest;
        return new Answer(
                Integer.parseInt(head, "http/1.1 ".length(), "http/1.1 200".length(), 10),
                JSON.readTree(answered),
                answered);
    }

    /** What chunks hold; all characters are ASCII. */
    private static String joined(String chunks) throws IOException {
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (true) {
            int line = chunks.indexOf("\r\n", at);
            if (line < 0) {
                throw new IOException("the answer broke off after " + whole);
            }
            int size = Integer.parseInt(chunks, at, line, 16);
            if (size == 0) {
                return whole.toString();
            }
            whole.append(chunks, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
    }

    /** Requests that have ended, well or not. */
    public long requests() {
        return requests.get();
    }

    /** Connections that were refused, and tried again. */
    public long refused() {
        return refused.get();
    }

    /** What went wrong, a line for each request. */
    public List<String> failures() {
        return threads.failures();
    }

    /** Lets requests under way end. */
    public void stop() throws InterruptedException {
        threads.stop();
    }

    @Override
    public void close() {
        threads.close();
        kept.close();
    }
}
