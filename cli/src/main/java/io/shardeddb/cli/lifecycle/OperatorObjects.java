package io.shardeddb.cli.lifecycle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a cluster needs before a database can be applied: the custom resource definitions and the operator. */
final class OperatorObjects {

    static final String NAMESPACE = "shardeddb-system";
    static final String NAME = "shardeddb-operator";

    private static final Map<String, String> LABELS = Map.of(
            "app.kubernetes.io/name", "shardeddb",
            "app.kubernetes.io/component", "operator");
    private static final int HTTP_PORT = 8080;

    private OperatorObjects() {}

    /**
     * In the order in which they are applied.
     *
     * @param faultSwitches whether the shard servers that the operator makes can be told to fail
     */
    static List<ObjectNode> all(boolean faultSwitches) {
        List<ObjectNode> objects = new ArrayList<>();
        objects.add(definition("shardeddatabases.shardeddb.io.yaml"));
        objects.add(definition("shards.shardeddb.io.yaml"));
        objects.add(tree(new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .endMetadata()
                .build()));
        objects.add(tree(new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .build()));
        objects.add(tree(deployment(faultSwitches)));
        return objects;
    }

    private static ObjectNode tree(HasMetadata object) {
        return new ObjectMapper().valueToTree(object);
    }

    private static ObjectNode definition(String file) {
        try (InputStream yaml = OperatorObjects.class.getResourceAsStream("/crds/" + file)) {
            if (yaml == null) {
                throw new IllegalStateException("the definition " + file + " is not on the class path");
            }
            return (ObjectNode) new ObjectMapper(new YAMLFactory()).readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Deployment deployment(boolean faultSwitches) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(NAMESPACE)
                .withLabels(LABELS)
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .withMatchLabels(LABELS)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(LABELS)
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(NAME)
                .addNewContainer()
                .withName("operator")
                .withImage(Images.OPERATOR + ":" + Images.VERSION)
                .withEnv(environment(faultSwitches))
                .addNewPort()
                .withName("http")
                .withContainerPort(HTTP_PORT)
                .endPort()
                .withStartupProbe(probe("/health/live", 1, 60))
                .withLivenessProbe(probe("/health/live", 10, 3))
                .withReadinessProbe(probe("/health/ready", 2, 2))
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static List<EnvVar> environment(boolean faultSwitches) {
        List<EnvVar> environment = new ArrayList<>(List.of(
                variable("WATCH_NAMESPACE", ""),
                variable("SERVER_IMAGE", Images.SERVER + ":" + Images.VERSION),
                variable("ROUTER_IMAGE", Images.ROUTER + ":" + Images.VERSION),
                variable("JAVA_TOOL_OPTIONS", "-Xmx192m -XX:TieredStopAtLevel=1"),
                field("POD_NAME", "metadata.name"),
                field("POD_NAMESPACE", "metadata.namespace"),
                field("POD_IP", "status.podIP")));
        if (faultSwitches) {
            // What begins with SERVER_ENV_ the operator hands on to the containers of shard servers.
            environment.add(variable("SERVER_ENV_FAULT_SWITCHES", "true"));
        }
        return environment;
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build();
    }

    private static Probe probe(String path, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withPort(new IntOrString(HTTP_PORT))
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(5)
                .withFailureThreshold(failures)
                .build();
    }
}
