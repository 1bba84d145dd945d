package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.ApiException;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.api.PodLogs;
import io.shardeddb.local.http.Exchange;
import io.shardeddb.local.http.Request;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Serves the logs of containers; they have no times of their own, so that {@code since} is not applied. */
public final class LogReader implements PodLogs {
    private static final String TEXT = "text/plain";
    private static final int BLOCK = 32 << 10;
    private static final long LARGEST_ANSWER = 8L << 20;
    private static final long POLL_MILLIS = 200;

    private final Objects objects;
    private final NodePaths paths;

    LogReader(Objects objects, NodePaths paths) {
        this.objects = objects;
        this.paths = paths;
    }

    @Override
    public void answer(String namespace, String podName, Request request, Exchange exchange) throws IOException {
        ObjectNode pod = objects.get("pods", namespace, podName);
        if (pod == null) {
            throw ApiException.notFound(objects.kinds().builtIn("pods"), podName);
        }
        String container = container(pod, request.query("container", ""));
        PodFiles files = new PodFiles(paths.pod(namespace, podName));
        Path log = files.log(container, request.flag("previous") ? 1 : 0);
        if (!Files.exists(log)) {
            if (request.flag("previous")) {
                throw ApiException.badRequest(
                        "previous terminated container \"" + container + "\" in pod \"" + podName + "\" not found");
            }
            exchange.send(200, TEXT, new byte[0]);
            return;
        }
        long size = Files.size(log);
        long start = Math.max(size - LARGEST_ANSWER, tailStart(log, size, request.query("tailLines", "")));
        if (request.flag("follow")) {
            follow(log, start, pod, container, exchange);
        } else {
            exchange.send(200, TEXT, read(log, start, size));
        }
    }

    private static String container(JsonNode pod, String asked) {
        List<String> names = new ArrayList<>();
        Tree.at(pod, "spec", "containers").forEach(c -> names.add(c.path("name").asText()));
        Tree.at(pod, "spec", "initContainers")
                .forEach(c -> names.add(c.path("name").asText()));
        String name = asked.isEmpty()
                ? String.valueOf(Meta.annotation(pod, "kubectl.kubernetes.io/default-container"))
                : asked;
        if (asked.isEmpty() && !names.contains(name)) {
            if (names.size() > 1) {
                throw ApiException.badRequest("a container name must be specified for pod " + Meta.name(pod)
                        + ", choose one of: [" + String.join(" ", names) + "]");
            }
            return names.getFirst();
        }
        if (!names.contains(name)) {
            throw ApiException.badRequest("container " + name + " is not valid for pod " + Meta.name(pod)
                    + ", choose one of: [" + String.join(" ", names) + "]");
        }
        return name;
    }

    /** Where the last lines begin. */
    private static long tailStart(Path log, long size, String tailLines) throws IOException {
        if (!tailLines.matches("\\d{1,9}")) {
            return 0;
        }
        int left = Integer.parseInt(tailLines);
        if (left == 0) {
            return size;
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] block = new byte[BLOCK];
            long at = size;
            while (at > 0) {
                int length = (int) Math.min(BLOCK, at);
                file.seek(at - length);
                file.readFully(block, 0, length);
                for (int i = length - 1; i >= 0; i--) {
                    boolean lastByte = at - length + i == size - 1;
                    if (block[i] == '\n' && !lastByte && --left == 0) {
                        return at - length + i + 1;
                    }
                }
                at -= length;
            }
        }
        return 0;
    }

    private static byte[] read(Path log, long start, long end) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.max(0, Math.min(end, file.length()) - start)];
            file.seek(start);
            file.readFully(bytes);
            return bytes;
        }
    }

    private boolean running(ObjectNode pod, String container) {
        ObjectNode now = objects.get("pods", Meta.namespace(pod), Meta.name(pod));
        if (now == null || !Meta.uid(now).equals(Meta.uid(pod))) {
            return false;
        }
        for (String list : new String[] {"containerStatuses", "initContainerStatuses"}) {
            JsonNode status = Tree.find(Tree.at(now, "status", list), "name", container);
            if (status != null) {
                return status.path("state").has("running");
            }
        }
        return false;
    }

    private void follow(Path log, long start, ObjectNode pod, String container, Exchange exchange) throws IOException {
        long at = start;
        boolean last = false;
        try (Exchange.PartStream out = exchange.stream(TEXT);
                RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            Object identity = Files.getAttribute(log, "unix:ino");
            byte[] block = new byte[BLOCK];
            while (!out.clientGone()) {
                if (file.length() < at) {
                    at = 0;
                }
                file.seek(at);
                int length = file.read(block);
                if (length > 0) {
                    out.send(java.util.Arrays.copyOf(block, length));
                    at += length;
                    continue;
                }
                boolean replaced = !Files.exists(log) || !identity.equals(Files.getAttribute(log, "unix:ino"));
                if (replaced || last) {
                    return;
                }
                // What was written before the end was seen is read in one more round.
                last = !running(pod, container);
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
