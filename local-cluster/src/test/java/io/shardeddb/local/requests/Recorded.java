package io.shardeddb.local.requests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client and what it was answered, as it stands in a file:
 *
 * <pre>
 * PATCH /apis/shardeddb.io/v1alpha1/namespaces/default/shardeddatabases/shop?fieldManager=kubectl
 * content-type: application/merge-patch+json
 *
 * {"spec":{"servers":{"count":4}}}
 * -> 200
 * {"kind":"ShardedDatabase", ...}
 * </pre>
 *
 * <p>Times are left out; identities are numbered in the order of their appearance.
 *
 * @param line method and path with query
 * @param headers those that matter
 * @param body the request's body, empty for none; in base 64 when it is binary
 * @param status the answer's status
 * @param warnings the answer's warnings
 * @param answer the answer's documents: one, or the events of a watch; empty where only the status counts
 */
record Recorded(
        String line, Map<String, String> headers, String body, int status, List<String> warnings, List<String> answer) {

    static final List<String> HEADERS = List.of("accept", "content-type", "user-agent");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    private static final Pattern AGE = Pattern.compile("(\\d+[smhd]){1,2}|<invalid>");

    boolean watches() {
        return line.startsWith("GET ") && (line.contains("watch=true") || line.contains("watch=1"));
    }

    /** Whether bodies of this type stand in the file in base 64. */
    static boolean isBinary(@Nullable String contentType) {
        return contentType != null && contentType.contains("protobuf");
    }

    /** The request's body as it is sent. */
    byte[] bodyBytes(Identities identities) {
        return isBinary(headers.get("content-type"))
                ? Base64.getDecoder().decode(body)
                : identities.restore(body).getBytes(StandardCharsets.UTF_8);
    }

    /** Documents that describe the API are large and have tests of their own. */
    boolean describesTheApi() {
        String path = line.substring(line.indexOf(' ') + 1).split("\\?", 2)[0];
        return path.startsWith("/openapi")
                || path.equals("/api")
                || path.equals("/apis")
                || path.matches("/api/v1|/apis/[^/]+/[^/]+");
    }

    /** An answer's text without what differs from run to run. */
    static String lasting(String json, Identities identities) throws IOException {
        return identities.number(
                withoutTimes(Tree.parse(json.getBytes(StandardCharsets.UTF_8))).toString());
    }

    private static JsonNode withoutTimes(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode result = Tree.object();
            boolean row = object.has("cells");
            object.properties()
                    .forEach(e -> result.set(
                            e.getKey(),
                            row && e.getKey().equals("cells")
                                    ? withoutAges(e.getValue())
                                    : withoutTimes(e.getValue())));
            return result;
        }
        if (node instanceof ArrayNode list) {
            ArrayNode result = Tree.array();
            list.forEach(e -> result.add(withoutTimes(e)));
            return result;
        }
        return node.isTextual() ? TextNode.valueOf(TIME.matcher(node.asText()).replaceAll("TIME")) : node;
    }

    private static JsonNode withoutAges(JsonNode cells) {
        ArrayNode result = Tree.array();
        cells.forEach(cell ->
                result.add(AGE.matcher(cell.asText()).matches() ? TextNode.valueOf("AGE") : withoutTimes(cell)));
        return result;
    }

    String text() {
        StringBuilder text = new StringBuilder(line).append('\n');
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        if (!body.isEmpty()) {
            text.append('\n').append(body).append('\n');
        }
        text.append("-> ").append(status).append('\n');
        warnings.forEach(warning -> text.append("warning: ").append(warning).append('\n'));
        answer.forEach(document -> text.append(document).append('\n'));
        return text.append('\n').toString();
    }

    /** Reads a file of them; lines that begin with a number sign say what the client was asked to do. */
    static List<Recorded> parse(List<String> lines) {
        List<Recorded> all = new ArrayList<>();
        int at = 0;
        while (at < lines.size()) {
            if (lines.get(at).isEmpty() || lines.get(at).startsWith("#")) {
                at++;
                continue;
            }
            String line = lines.get(at++);
            Map<String, String> headers = new LinkedHashMap<>();
            while (!lines.get(at).isEmpty() && !lines.get(at).startsWith("-> ")) {
                String[] header = lines.get(at++).split(": ", 2);
                headers.put(header[0], header[1]);
            }
            String body = "";
            if (lines.get(at).isEmpty()) {
                body = lines.get(at + 1);
                at += 2;
            }
            int status = Integer.parseInt(lines.get(at++).substring("-> ".length()));
            List<String> warnings = new ArrayList<>();
            List<String> answer = new ArrayList<>();
            while (at < lines.size() && !lines.get(at).isEmpty()) {
                String next = lines.get(at++);
                if (next.startsWith("warning: ")) {
                    warnings.add(next.substring("warning: ".length()));
                } else {
                    answer.add(next);
                }
            }
            all.add(new Recorded(line, headers, body, status, warnings, answer));
        }
        return all;
    }
}
