package io.shardeddb.local.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real clients' requests get the answers with which the clients did their work. {@link RequestRecorderIT} records them;
 * a watch stands where it ended, and is sent there with its revision, so that it sees the same events at once.
 */
final class RecordedRequestsTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "requests");
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void everyKindOfClientIsThere() throws IOException {
        assertThat(files())
                .anyMatch(f -> f.startsWith("kubectl"))
                .anyMatch(f -> f.startsWith("fabric8"))
                .anyMatch(f -> f.startsWith("helm"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void answersAsRecorded(String file) throws Exception {
        List<Recorded> requests = Recorded.parse(Files.readAllLines(FOLDER.resolve(file)));
        assertThat(requests).isNotEmpty();
        Identities identities = new Identities();
        try (BareApi api = new BareApi(folder);
                HttpClient client = HttpClient.newHttpClient()) {
            for (Recorded request : requests) {
                if (request.watches()) {
                    watch(client, api, request, identities);
                } else {
                    send(client, api, request, identities);
                }
            }
        }
    }

    private static HttpRequest built(BareApi api, Recorded request, Identities identities) {
        String[] words = identities.restore(request.line()).split(" ", 2);
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(api.address() + words[1]))
                .timeout(LONG)
                .method(words[0], HttpRequest.BodyPublishers.ofByteArray(request.bodyBytes(identities)));
        request.headers().forEach(builder::header);
        return builder.build();
    }

    private static void send(HttpClient client, BareApi api, Recorded request, Identities identities)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                client.send(built(api, request, identities), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as("%s\n%s", request.line(), answer.body())
                .isEqualTo(request.status());
        assertThat(answer.headers().allValues("warning")).as(request.line()).isEqualTo(request.warnings());
        if (!request.answer().isEmpty()) {
            assertThat(Recorded.lasting(answer.body(), identities))
                    .as(request.line())
                    .isEqualTo(request.answer().getFirst());
        }
    }

    private static void watch(HttpClient client, BareApi api, Recorded request, Identities identities)
            throws Exception {
        var answer = client.send(built(api, request, identities), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).as(request.line()).isEqualTo(request.status());
        try (BufferedReader events = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            List<String> seen = new ArrayList<>();
            while (seen.size() < request.answer().size()) {
                seen.add(Recorded.lasting(line(events, request), identities));
            }
            assertThat(seen).as(request.line()).isEqualTo(request.answer());
        }
    }

    private static String line(BufferedReader events, Recorded request) throws Exception {
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                line.complete(events.readLine());
            } catch (IOException e) {
                line.completeExceptionally(e);
            }
        });
        try {
            String event = line.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(event).as("the watch ended early: %s", request.line()).isNotNull();
            return event;
        } catch (TimeoutException e) {
            throw new AssertionError("no further event: " + request.line(), e);
        }
    }
}
