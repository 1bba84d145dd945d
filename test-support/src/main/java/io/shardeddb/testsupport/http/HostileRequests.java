package io.shardeddb.testsupport.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Makes requests that a client may get wrong in every part: request line, path, query, headers, body and framing. Each
 * is a function of the seed and its number alone, so that one that fails can be sent again.
 */
public final class HostileRequests {

    private final long seed;
    private final List<Endpoint> endpoints;
    private final List<String> bodies;
    private final Map<String, String> names;

    /**
     * An endpoint.
     *
     * @param method of HTTP
     * @param template of its path, with the variables' names in braces
     */
    public record Endpoint(String method, String template) {}

    /**
     * @param endpoints those that are asked, one after the other
     * @param bodies what is sent to them; in place of each {@code @} stands a value, or what should be one
     * @param names of a template's variables, what is there under that variable; most requests name it
     */
    public HostileRequests(long seed, List<Endpoint> endpoints, List<String> bodies, Map<String, String> names) {
        this.seed = seed;
        this.endpoints = List.copyOf(endpoints);
        this.bodies = List.copyOf(bodies);
        this.names = Map.copyOf(names);
    }

    /** A request. */
    public static final class Hostile {
        private final Endpoint endpoint;
        private final byte[] bytes;
        private final boolean whole;

        Hostile(Endpoint endpoint, byte[] bytes, boolean whole) {
            this.endpoint = endpoint;
            this.bytes = bytes;
            this.whole = whole;
        }

        /** What is sent. It must not be changed. */
        public byte[] bytes() {
            return bytes;
        }

        /** Whether a server can see where it ends; where not, closing the connection is an answer. */
        public boolean whole() {
            return whole;
        }

        /** Whether it is answered by a head alone. */
        public boolean asksForHead() {
            return new String(bytes, 0, 5, StandardCharsets.ISO_8859_1).equals("HEAD ");
        }

        /** Its beginning, for people. */
        @Override
        public String toString() {
            String text = new String(bytes, 0, Math.min(bytes.length, 700), StandardCharsets.ISO_8859_1);
            return endpoint + (whole ? ": " : " (cut): ") + text.replace("\r\n", "\\r\\n\n    ");
        }
    }

    /** The request of a number, from 0. */
    public Hostile request(int number) {
        Endpoint endpoint = endpoints.get(number % endpoints.size());
        return new Maker(endpoint, bodies, names, new Random(seed * 1_000_003L + number)).make();
    }

    /** Makes one request; every choice is the generator's. */
    private static final class Maker {
        private final Endpoint endpoint;
        private final List<String> bodies;
        private final Map<String, String> names;
        private final Random random;
        private boolean whole = true;

        Maker(Endpoint endpoint, List<String> bodies, Map<String, String> names, Random random) {
            this.endpoint = endpoint;
            this.bodies = bodies;
            this.names = names;
            this.random = random;
        }

        private boolean once(int outOf) {
            return random.nextInt(outOf) == 0;
        }

        private <T> T one(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        Hostile make() {
            String method =
                    once(4) ? one(HostileWords.METHODS) : endpoint.method().toUpperCase(Locale.ROOT);
            StringBuilder head = new StringBuilder(method)
                    .append(once(60) ? "" : " ")
                    .append(target())
                    .append(once(60) ? "  " : " ")
                    .append(version())
                    .append(once(60) ? "\n" : "\r\n");
            if (!once(20)) {
                head.append("Host: localhost\r\n");
            }
            headers(head);
            byte[] body = body();
            if (once(6)) {
                String encoding =
                        one(List.of("gzip", "deflate", "br", "zstd", "snappy", "x-gzip", "gzip, br", "gzip\u00e9"));
                head.append("Content-Encoding: ").append(encoding).append("\r\n");
            }
            return new Hostile(endpoint, framed(head, body), whole);
        }

        private String target() {
            String path = endpoint.template();
            while (path.contains("{")) {
                int from = path.indexOf('{');
                int to = path.indexOf('}', from);
                String name = path.substring(from + 1, to);
                String there = names.get(name);
                String value = there != null && !once(4) ? there : one(HostileWords.TEXTS);
                path = path.substring(0, from) + value.replace("{", "").replace("}", "") + path.substring(to + 1);
            }
            if (once(4)) {
                StringBuilder query = new StringBuilder(path);
                for (int i = 0; i <= random.nextInt(4); i++) {
                    query.append(i == 0 ? '?' : '&').append(one(HostileWords.QUERIES));
                    query.append(once(8) ? "" : "=")
                            .append(one(HostileWords.TEXTS).replace(' ', '+'));
                }
                path = query.toString();
            }
            if (once(4)) {
                path += one(HostileWords.ENDS);
            }
            return once(40)
                    ? one(List.of("*", "", "x", "http://", "http://a" + path, "https://[::1" + path, "://"))
                    : path;
        }

        private String version() {
            return once(30)
                    ? one(List.of("HTTP/1.0", "HTTP/0.9", "HTTP/9.9", "HTTP/2.0", "http/1.1", "FTP/1", ""))
                    : "HTTP/1.1";
        }

        private void headers(StringBuilder head) {
            int count = once(150) ? 3_000 : random.nextInt(4);
            for (int i = 0; i < count; i++) {
                head.append(one(HostileWords.HEADERS))
                        .append(": ")
                        .append(one(HostileWords.VALUES))
                        .append("\r\n");
            }
            if (once(80)) {
                head.append(one(List.of(
                        "no colon\r\n",
                        ": no name\r\n",
                        " folded: x\r\n",
                        "a\r\n b\r\n",
                        "a b: c\r\n",
                        "X: " + "y".repeat(70_000) + "\r\n")));
            }
        }

        private byte[] body() {
            String form = one(bodies);
            StringBuilder filled = new StringBuilder();
            for (int i = 0; i < form.length(); i++) {
                char c = form.charAt(i);
                if (c == '@') {
                    filled.append(once(3) ? one(HostileWords.JSON) : one(HostileWords.JSON.subList(0, 6)));
                } else {
                    filled.append(c);
                }
            }
            byte[] bytes = filled.toString()
                    .getBytes(
                            once(12)
                                    ? one(List.of(StandardCharsets.UTF_16, StandardCharsets.ISO_8859_1))
                                    : StandardCharsets.UTF_8);
            if (once(8) && bytes.length > 0) {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            for (int i = once(8) ? 1 + random.nextInt(4) : 0; i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            return bytes;
        }

        private byte[] framed(StringBuilder head, byte[] body) {
            int way = random.nextInt(16);
            if (way < 3) {
                return joined(head.append("Transfer-Encoding: chunked\r\n\r\n"), chunked(body));
            }
            if (way > 9) {
                return joined(head.append("Content-Length: " + body.length + "\r\n\r\n"), body);
            }
            whole = false;
            return switch (way) {
                case 3 -> joined(head.append("Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n"), body);
                case 4 -> {
                    String size = one(List.of("zz", "-5", "ffffffffffffffffff", "5;" + "x".repeat(9_000), ""));
                    yield joined(head.append("Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n"), body);
                }
                case 5 -> {
                    String length =
                            one(List.of("-1", "x", "99999999999999999999", "9999999999", "1, 2", " ", "0x5", "+3"));
                    yield joined(head.append("Content-Length: " + length + "\r\n\r\n"), body);
                }
                case 6 -> {
                    head.append("Content-Length: " + body.length + "\r\nContent-Length: ");
                    yield joined(head.append((body.length + 1) + "\r\n\r\n"), body);
                }
                case 7 -> {
                    String coding =
                            one(List.of("chunked", "gzip, chunked", "chunked, gzip", "identity", "\u000bchunked"));
                    head.append("Content-Length: " + body.length + "\r\nTransfer-Encoding: ");
                    yield joined(head.append(coding + "\r\n\r\n"), chunked(body));
                }
                case 8 -> joined(head.append("Content-Length: " + (body.length + 10) + "\r\n\r\n"), body);
                default -> joined(head, new byte[0]);
            };
        }

        private byte[] chunked(byte[] body) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int at = 0;
            while (at < body.length) {
                int size = Math.min(body.length - at, 1 + random.nextInt(100));
                out.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(body, at, size);
                out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
                at += size;
            }
            out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return out.toByteArray();
        }

        private static byte[] joined(StringBuilder head, byte[] body) {
            byte[] first = head.toString().getBytes(StandardCharsets.ISO_8859_1);
            byte[] all = Arrays.copyOf(first, first.length + body.length);
            System.arraycopy(body, 0, all, first.length, body.length);
            return all;
        }
    }
}
