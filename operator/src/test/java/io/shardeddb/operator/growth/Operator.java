package io.shardeddb.operator.growth;

import io.shardeddb.operator.world.World;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** An operator's process, and what it says and uses. Linux only. */
final class Operator implements AutoCloseable {

    private static final String MAIN = "io.shardeddb.operator.reconcile.OperatorProcess";
    private final Process process;
    private final URI metrics;
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * One moment.
     *
     * @param processorSeconds used so far
     * @param figures its metrics, by name and labels
     */
    record Moment(double processorSeconds, Map<String, Double> figures) {

        double of(String name) {
            return Objects.requireNonNull(figures.get(name), name);
        }

        /** How much a figure has grown since. */
        double since(Moment before, String name) {
            return of(name) - before.of(name);
        }
    }

    private Operator(Process process, URI metrics) {
        this.process = process;
        this.metrics = metrics;
    }

    /**
     * Starts one that watches everything, as the local cluster does it, but with all the memory that it wants.
     *
     * @param log file for what it logs
     */
    static Operator start(World world, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx2g",
                "-Djava.net.preferIPv4Stack=true",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                MAIN));
        command.addAll(world.ports());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        List<String> before = new ArrayList<>();
        while (line != null && !line.startsWith("metrics ")) {
            before.add(line);
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("the operator did not start: " + String.join("\n", before));
        }
        Thread.startVirtualThread(() -> follow(out, log));
        return new Operator(
                process, URI.create("http://127.0.0.1:" + line.substring("metrics ".length()) + "/prometheus"));
    }

    private static void follow(BufferedReader out, Path log) {
        try (var file = Files.newBufferedWriter(log)) {
            String line = out.readLine();
            while (line != null) {
                file.write(line + "\n");
                line = out.readLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Processor time that a process has used so far. */
    static double processorSeconds(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
    }

    Moment now() throws IOException, InterruptedException {
        String text = http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        Map<String, Double> figures = new HashMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            figures.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
        });
        return new Moment(processorSeconds(process.toHandle()), figures);
    }

    /** Bytes that are reachable: what is left of the heap after a collection. */
    double heapAfterCollection() throws IOException, InterruptedException {
        Process collect = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!collect.waitFor(60, TimeUnit.SECONDS) || collect.exitValue() != 0) {
            throw new IOException("no collection");
        }
        return now().of("shardeddb_operator_heap_used_bytes");
    }

    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"), StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .sum();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
