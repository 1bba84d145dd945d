package io.shardeddb.local.requests;

import io.shardeddb.local.api.ApiServer;
import io.shardeddb.local.http.Exchange;
import io.shardeddb.local.http.Request;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Writes down what clients ask and are answered, each exchange where it ends. */
final class Tape implements BareApi.Door {
    private final StringBuilder text = new StringBuilder();
    private final Identities identities = new Identities();
    private final AtomicInteger watches = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    /** Says what a client is asked to do now. */
    synchronized void story(String what) {
        text.append("# ").append(what).append("\n\n");
    }

    /** How many watches have begun. */
    int watches() {
        return watches.get();
    }

    /** How many watches have ended. */
    int ended() {
        return ended.get();
    }

    synchronized void save(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Override
    public void pass(Request request, Exchange exchange, ApiServer api) throws IOException {
        api.handle(request, new Taped(request, exchange));
    }

    private synchronized void write(Request request, int status, List<String> warnings, List<String> answer)
            throws IOException {
        String body = Recorded.isBinary(request.header("content-type"))
                ? Base64.getEncoder().encodeToString(request.body())
                : identities
                        .number(new String(request.body(), StandardCharsets.UTF_8))
                        .strip()
                        .replace("\n", "");
        Recorded recorded =
                new Recorded(identities.number(line(request)), headers(request), body, status, warnings, List.of());
        List<String> documents = new ArrayList<>();
        if (!recorded.describesTheApi()) {
            for (String document : answer) {
                documents.add(Recorded.lasting(document, identities));
            }
        }
        text.append(new Recorded(recorded.line(), recorded.headers(), body, status, warnings, documents).text());
    }

    private static Map<String, String> headers(Request request) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : Recorded.HEADERS) {
            String value = request.header(name);
            if (value != null) {
                headers.put(name, name.equals("user-agent") ? value.split(" ", 2)[0] : value);
            }
        }
        return headers;
    }

    private static String line(Request request) throws IOException {
        try {
            String path = new URI(null, null, request.path(), null).getRawPath();
            String query = request.query().entrySet().stream()
                    .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
                    .collect(Collectors.joining("&"));
            return request.method() + " " + path + (query.isEmpty() ? "" : "?" + query);
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** An exchange that is listened to. */
    private final class Taped implements Exchange {
        private final Request request;
        private final Exchange exchange;
        private final List<String> warnings = new ArrayList<>();

        Taped(Request request, Exchange exchange) {
            this.request = request;
            this.exchange = exchange;
        }

        @Override
        public void header(String name, String value) {
            warnings.add(value);
            exchange.header(name, value);
        }

        @Override
        public void send(int status, String contentType, byte[] body) throws IOException {
            write(request, status, warnings, List.of(new String(body, StandardCharsets.UTF_8)));
            exchange.send(status, contentType, body);
        }

        @Override
        public PartStream stream(String contentType) throws IOException {
            watches.incrementAndGet();
            return new TapedParts(request, exchange.stream(contentType));
        }

        @Override
        public PartStream webSocket() throws IOException {
            watches.incrementAndGet();
            return new TapedParts(request, exchange.webSocket());
        }

        @Override
        public Messages messages(String protocol) throws IOException {
            // What is carried is the pod's business and no answer of the API.
            return exchange.messages(protocol);
        }
    }

    private final class TapedParts implements Exchange.PartStream {
        private final Request request;
        private final Exchange.PartStream parts;
        private final List<String> sent = new ArrayList<>();

        TapedParts(Request request, Exchange.PartStream parts) {
            this.request = request;
            this.parts = parts;
        }

        @Override
        public void send(byte[] part) throws IOException {
            sent.add(new String(part, StandardCharsets.UTF_8).strip());
            parts.send(part);
        }

        @Override
        public boolean clientGone() {
            return parts.clientGone();
        }

        @Override
        public void onClientGone(Runnable action) {
            parts.onClientGone(action);
        }

        @Override
        public void close() throws IOException {
            write(request, 200, List.of(), sent);
            ended.incrementAndGet();
            parts.close();
        }
    }
}
