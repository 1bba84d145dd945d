package io.shardeddb.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The chart as Helm renders it. */
final class Chart {

    /** The chart's folder, seen from this module. */
    static final Path FOLDER = Path.of("shardeddb");

    static final String NAMESPACE = "shardeddb-system";
    static final String RELEASE = "shardeddb";

    /** The oldest Kubernetes that the chart accepts. */
    private static final String KUBERNETES = "1.30.0";

    private Chart() {}

    static Helm helm() {
        return new Helm(FOLDER.toAbsolutePath());
    }

    /** The chart rendered as text under the usual names. */
    static String text(Map<String, ?> values) {
        TemplateCommand command =
                helm().template().withName(RELEASE).withNamespace(NAMESPACE).withKubeVersion(KUBERNETES);
        for (Map.Entry<String, ?> value : values.entrySet()) {
            if (value.getValue() instanceof List<?> list) {
                for (int i = 0; i < list.size(); i++) {
                    command = command.set(value.getKey() + "[" + i + "]", list.get(i));
                }
            } else {
                command = command.set(value.getKey(), value.getValue());
            }
        }
        return command.call();
    }

    static List<HasMetadata> objects(Map<String, ?> values) {
        return parse(text(values));
    }

    /** The objects of a file with many documents. */
    static List<HasMetadata> parse(String yaml) {
        List<HasMetadata> objects = new ArrayList<>();
        for (String document : ("\n" + yaml).split("\n---\\s*\n", -1)) {
            if (document.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#"))) {
                objects.add(Serialization.unmarshal(document, GenericKubernetesResource.class));
            }
        }
        return objects;
    }

    /** The one object of that kind and name. */
    static <T> T one(List<HasMetadata> objects, String kind, String name, Class<T> type) {
        return objects.stream()
                .filter(o ->
                        o.getKind().equals(kind) && o.getMetadata().getName().equals(name))
                .map(o -> Serialization.unmarshal(Serialization.asYaml(o), type))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the chart renders no " + kind + " " + name));
    }
}
