package io.shardeddb.testsupport.http;

import io.shardeddb.testsupport.http.HostileRequests.Hostile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Sends hostile requests to one server over some connections at a time, and looks at each answer. */
public final class HostileRun {
    private static final int CLIENTS = 8;
    private static final int MOST_TRIES = 5;

    private final InetSocketAddress server;
    private final byte[] normal;
    private final Judge judge;
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    /** Says what is wrong with an answer. */
    public interface Judge {
        /** What is wrong with it; null when nothing is. */
        @Nullable
        String fault(RawClient.Answer answer);
    }

    /**
     * @param server listens there, on this machine
     * @param normal a request that is always answered 200; it is sent after others on their connections, which must
     *     still serve it
     */
    public HostileRun(InetSocketAddress server, byte[] normal, Judge judge) {
        this.server = server;
        this.normal = normal.clone();
        this.judge = judge;
    }

    /**
     * Sends the requests of the numbers from 0 to the count, and returns when each has its answer or has waited too
     * long for it.
     */
    public void send(HostileRequests requests, int count) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                    Hostile hostile = requests.request(number);
                    Sent sent = send(hostile);
                    synchronized (statuses) {
                        statuses.merge(sent.status, 1, Integer::sum);
                    }
                    if (sent.wrong != null) {
                        wrong.add("number " + number + ": " + sent.wrong + "\n  " + hostile);
                    }
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
    }

    /** What was wrong, with the request's number and beginning. */
    public List<String> wrong() {
        return List.copyOf(wrong);
    }

    /**
     * How many requests were answered with each status; 0 stands for a connection that was closed without an answer.
     */
    public Map<Integer, Integer> statuses() {
        synchronized (statuses) {
            return new TreeMap<>(statuses);
        }
    }

    /** How many requests were answered with a status. */
    public int answered(int status) {
        return statuses().getOrDefault(status, 0);
    }

    /**
     * What happened to a request; status 0 where the connection was closed.
     *
     * @param brokenOff whether it was, before an answer came
     */
    private record Sent(int status, @Nullable String wrong, boolean brokenOff) {
        Sent(int status, @Nullable String wrong) {
            this(status, wrong, false);
        }
    }

    /**
     * A server that answers and closes before it has read everything may reset the connection. Then the answer may be
     * lost on its way (RFC 9112, section 9.6). So only what is broken off each time is a fault.
     */
    private Sent send(Hostile hostile) {
        Sent sent = sendOnce(hostile);
        for (int tries = 1; tries < MOST_TRIES && sent.brokenOff(); tries++) {
            sent = sendOnce(hostile);
        }
        return sent;
    }

    private Sent sendOnce(Hostile hostile) {
        RawClient.Answer answer = null;
        try (RawClient client = new RawClient(server)) {
            client.send(hostile.bytes());
            if (!hostile.whole()) {
                client.finish();
            }
            answer = client.receive(hostile.asksForHead());
            if (answer == null) {
                return new Sent(0, hostile.whole() ? "closed without an answer" : null);
            }
            String fault = judge.fault(answer);
            if (fault == null && hostile.whole() && !answer.closes() && answer.status() < 400) {
                client.send(normal);
                RawClient.Answer after = client.receive(false);
                fault = after == null || after.status() != 200
                        ? "after " + answer + " the next request was answered " + after
                        : null;
            }
            return new Sent(answer.status(), fault);
        } catch (RawClient.NotHttp | SocketTimeoutException e) {
            return new Sent(answer == null ? 0 : answer.status(), e.toString());
        } catch (IOException e) {
            boolean brokenOff = hostile.whole() && answer == null;
            return new Sent(answer == null ? 0 : answer.status(), brokenOff ? "broken off: " + e : null, brokenOff);
        }
    }
}
