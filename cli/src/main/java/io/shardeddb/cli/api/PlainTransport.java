package io.shardeddb.cli.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * To the local cluster, which asks for no credentials. Reading goes through the JDK's old connection, whose classes
 * load in a tenth of the time of its HTTP client; that one knows PATCH and is made when first needed.
 */
final class PlainTransport implements Transport {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int READ_MILLIS = 30_000;

    private final URI address;
    private @Nullable HttpClient http;

    /** @param address such as {@code http://127.0.0.1:37001} */
    PlainTransport(URI address) {
        this.address = address;
    }

    @Override
    public Reply send(Request request) throws IOException, InterruptedException {
        if (request.method().equals("GET")) {
            HttpURLConnection connection = open(request, READ_MILLIS);
            int status = connection.getResponseCode();
            try (InputStream body = body(connection, status)) {
                return new Reply(status, text(body));
            }
        }
        String body = request.body();
        HttpRequest.Builder builder = HttpRequest.newBuilder(address.resolve(request.path()))
                .timeout(Duration.ofMillis(READ_MILLIS))
                .header("Accept", request.accept())
                .method(
                        request.method(),
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (request.contentType() != null) {
            builder.header("Content-Type", request.contentType());
        }
        HttpResponse<String> response = client().send(builder.build(), HttpResponse.BodyHandlers.ofString());
        return new Reply(response.statusCode(), response.body());
    }

    @Override
    public InputStream stream(Request request) throws IOException {
        HttpURLConnection connection = open(request, 0);
        int status = connection.getResponseCode();
        InputStream body = body(connection, status);
        if (status >= 400) {
            try (body) {
                throw ApiRefused.of(new Reply(status, text(body)));
            }
        }
        return body;
    }

    @Override
    public PodPorts ports(Supplier<PodPorts.PodPort> choice) throws IOException {
        throw new IOException("the pods of a local cluster are reached directly");
    }

    private HttpURLConnection open(Request request, int readMillis) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) address.resolve(request.path()).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(readMillis);
        connection.setRequestProperty("Accept", request.accept());
        return connection;
    }

    private static InputStream body(HttpURLConnection connection, int status) throws IOException {
        InputStream body = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
        return body == null ? InputStream.nullInputStream() : body;
    }

    private static String text(InputStream body) throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    private synchronized HttpClient client() {
        @Nullable HttpClient present = http;
        if (present == null) {
            present = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofMillis(CONNECT_MILLIS))
                    .build();
            http = present;
        }
        return present;
    }

    @Override
    public String address() {
        return address.toString();
    }

    @Override
    public synchronized void close() {
        if (http != null) {
            http.close();
        }
    }
}
