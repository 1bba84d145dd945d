package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** What the controllers ask of pods, and how they make them. */
final class Pods {
    /** The resource. */
    static final String RESOURCE = "pods";

    private Pods() {}

    /** Whether the pod's Ready condition is true. */
    static boolean ready(JsonNode pod) {
        return "True".equals(Tree.text(condition(pod, "Ready"), "status"));
    }

    /** Whether the pod has been ready for a while. */
    static boolean available(JsonNode pod, int minReadySeconds, Instant now) {
        if (!ready(pod)) {
            return false;
        }
        if (minReadySeconds == 0) {
            return true;
        }
        try {
            Instant since = Instant.parse(
                    condition(pod, "Ready").path("lastTransitionTime").asText());
            return !since.plus(Duration.ofSeconds(minReadySeconds)).isAfter(now);
        } catch (DateTimeException e) {
            return false;
        }
    }

    static JsonNode condition(JsonNode pod, String type) {
        JsonNode found = Tree.find(Tree.at(pod, "status", "conditions"), "type", type);
        return found == null ? Tree.object() : found;
    }

    /** Whether the pod will never run again. */
    static boolean finished(JsonNode pod) {
        String phase = Tree.textOr(pod, "", "status", "phase");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** A pod from a workload's template, owned by the workload. */
    static ObjectNode ofTemplate(JsonNode owner, JsonNode template) {
        ObjectNode pod = Tree.object();
        pod.put("apiVersion", "v1");
        pod.put("kind", "Pod");
        ObjectNode metadata = Meta.of(pod);
        metadata.put("namespace", Meta.namespace(owner));
        for (String field : new String[] {"labels", "annotations", "finalizers"}) {
            JsonNode value = Tree.at(template, "metadata", field);
            if (!value.isMissingNode()) {
                metadata.set(field, value.deepCopy());
            }
        }
        pod.set("spec", template.path("spec").deepCopy());
        Meta.own(pod, owner);
        return pod;
    }

    /** A short hash of a template, as revisions are named by. */
    static String hash(JsonNode template) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(template.toString().getBytes(StandardCharsets.UTF_8));
            String text = new BigInteger(1, digest).toString(36);
            return text.substring(0, 10);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
