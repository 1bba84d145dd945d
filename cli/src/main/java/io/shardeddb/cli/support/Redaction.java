package io.shardeddb.cli.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Removes secrets in two independent ways. First, the content of places that hold secrets is removed unseen: Secrets'
 * data, environment variables and fields with such names, {@code password=...} in texts. Second, every value that a
 * Secret of the cluster holds is removed from every text, plain and in base64.
 */
final class Redaction {

    private static final String REMOVED = "(removed)";
    private static final Pattern LONG_HEXADECIMAL = Pattern.compile("[0-9a-f]{32,}");
    /** Shorter values would remove harmless words everywhere. */
    private static final int VALUE_LENGTH_MIN = 4;

    private static final Pattern SECRET_NAME = Pattern.compile(
            "(?i).*(password|passwd|passphrase|credential|private[_-]?key|access[_-]?key|secret|token)s?");
    /** Fields that name a secret or a token and do not hold it. */
    private static final Set<String> HARMLESS =
            Set.of("automountServiceAccountToken", "serviceAccountToken", "secret", "imagePullSecrets");

    private static final Pattern IN_TEXT = Pattern.compile(
            "(?i)((?:password|passwd|secret|token|authorization)[\"']?\\s*[=:]\\s*[\"']?(?:bearer |basic )?)([^\\s\"',;&)}\\]]{3,})");
    private static final Pattern IN_URL = Pattern.compile("(://[^/\\s:@]+:)[^/\\s@]+(@)");

    private final List<String> values = new ArrayList<>();

    /** Learns the values of a Secret. */
    void learn(JsonNode secret) {
        Set<String> found = new HashSet<>(values);
        secret.path("data").forEach(value -> {
            found.add(value.asText());
            try {
                found.add(new String(Base64.getDecoder().decode(value.asText()), StandardCharsets.UTF_8).strip());
            } catch (IllegalArgumentException e) {
                // Not base64, so the value as it stands, which is learned above, is all there is.
                found.add(value.asText());
            }
        });
        secret.path("stringData").forEach(value -> found.add(value.asText()));
        // A value may be a file with several secrets in it.
        Set.copyOf(found)
                .forEach(value -> LONG_HEXADECIMAL.matcher(value).results().forEach(part -> found.add(part.group())));
        values.clear();
        found.stream()
                .filter(value -> value.length() >= VALUE_LENGTH_MIN)
                // Longest first: a value inside another one must not leave the other's rest behind.
                .sorted(Comparator.comparingInt(String::length).reversed())
                .forEach(values::add);
    }

    /** A copy of an object without secrets, and without the two records that repeat the object. */
    JsonNode object(JsonNode object) {
        JsonNode copy = object.deepCopy();
        if (copy.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
            if (metadata.path("annotations") instanceof ObjectNode annotations) {
                annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
            }
        }
        if (copy.path("kind").asText().equals("Secret")) {
            for (String field : List.of("data", "stringData")) {
                if (copy.path(field) instanceof ObjectNode data) {
                    data.properties().forEach(entry -> entry.setValue(TextNode.valueOf(REMOVED)));
                }
            }
        }
        strip(copy);
        return copy;
    }

    private static void strip(JsonNode node) {
        if (node instanceof ObjectNode fields) {
            boolean variable = fields.path("name").isTextual()
                    && SECRET_NAME.matcher(fields.path("name").asText()).matches();
            for (Map.Entry<String, JsonNode> field : fields.properties()) {
                boolean named = SECRET_NAME.matcher(field.getKey()).matches() && !HARMLESS.contains(field.getKey());
                if (field.getValue().isValueNode()
                        && (named || (variable && field.getKey().equals("value")))) {
                    field.setValue(TextNode.valueOf(REMOVED));
                } else {
                    strip(field.getValue());
                }
            }
        } else if (node instanceof ArrayNode list) {
            list.forEach(Redaction::strip);
        }
    }

    /** A text without secrets. */
    String text(String text) {
        String clean = text;
        for (String value : values) {
            clean = clean.replace(value, REMOVED);
        }
        clean = IN_TEXT.matcher(clean).replaceAll("$1(removed)");
        return IN_URL.matcher(clean).replaceAll("$1(removed)$2");
    }
}
