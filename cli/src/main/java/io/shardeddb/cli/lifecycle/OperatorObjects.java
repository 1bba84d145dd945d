package io.shardeddb.cli.lifecycle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a cluster needs before a database can be applied: the custom resource definitions and the operator, as the chart
 * renders them. On one machine a single small operator is enough.
 */
final class OperatorObjects {

    static final String NAMESPACE = "shardeddb-system";

    /** Rendered from the Helm chart; see {@code helm/manifests}. */
    private static final String MANIFEST = "/manifests/install.yaml";

    private OperatorObjects() {}

    /**
     * In the order in which they are applied.
     *
     * @param faultSwitches whether the shard servers that the operator makes can be told to fail
     */
    static List<ObjectNode> all(boolean faultSwitches) {
        List<ObjectNode> objects = new ArrayList<>();
        try (InputStream text = OperatorObjects.class.getResourceAsStream(MANIFEST)) {
            if (text == null) {
                throw new IllegalStateException(MANIFEST + " is not on the class path");
            }
            try (MappingIterator<JsonNode> documents =
                    new YAMLMapper().readerFor(JsonNode.class).readValues(text)) {
                documents.forEachRemaining(document -> {
                    if (document instanceof ObjectNode object) {
                        if (object.path("kind").asText().equals("Deployment")) {
                            onOneMachine(object, faultSwitches);
                        }
                        objects.add(object);
                    }
                });
            }
            return objects;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void onOneMachine(ObjectNode operator, boolean faultSwitches) {
        ((ObjectNode) operator.get("spec")).put("replicas", 1);
        for (JsonNode container : operator.at("/spec/template/spec/containers")) {
            ArrayNode environment = ((ObjectNode) container).withArrayProperty("env");
            set(environment, "JAVA_TOOL_OPTIONS", "-Xmx192m -XX:TieredStopAtLevel=1");
            // The only one need not wait until the lease of one that was killed runs out.
            set(environment, "LEADER_ELECTION", "false");
            // Only this machine reaches the routers, and a person who tries them out need not know of tokens.
            set(environment, "ADMINISTRATION", "Open");
            if (faultSwitches) {
                // What begins with SERVER_ENV_ the operator hands on to the containers of shard servers.
                set(environment, "SERVER_ENV_FAULT_SWITCHES", "true");
            }
        }
    }

    private static void set(ArrayNode environment, String name, String value) {
        for (JsonNode variable : environment) {
            if (variable.path("name").asText().equals(name)) {
                ((ObjectNode) variable).put("value", value);
                return;
            }
        }
        environment.addObject().put("name", name).put("value", value);
    }
}
