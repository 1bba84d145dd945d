package io.shardeddb.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionNames;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceSubresourceScale;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A definition as a page for people: each field with its type, default, limits and meaning. */
final class ReferenceText {
    /** Parts of Kubernetes' own API: their fields are described there. */
    private static final Map<String, String> KUBERNETES = Map.of(
            "resources", "ResourceRequirements",
            "affinity", "Affinity",
            "tolerations", "[]Toleration",
            "topologySpreadConstraints", "[]TopologySpreadConstraint");

    private final StringBuilder text = new StringBuilder();

    private ReferenceText() {}

    /** The section of one definition. */
    static String of(CustomResourceDefinition definition) {
        ReferenceText reference = new ReferenceText();
        CustomResourceDefinitionNames names = definition.getSpec().getNames();
        CustomResourceDefinitionVersion version =
                definition.getSpec().getVersions().getFirst();
        reference.line("## " + names.getKind());
        reference.line("");
        reference.line("`" + definition.getSpec().getGroup() + "/" + version.getName() + "`, "
                + definition.getSpec().getScope().toLowerCase(Locale.ROOT) + "; `kubectl get "
                + names.getPlural() + "`, short name `" + String.join("`, `", names.getShortNames()) + "`.");
        CustomResourceSubresourceScale scale = version.getSubresources() == null
                ? null
                : version.getSubresources().getScale();
        if (scale != null) {
            reference.line(
                    "`kubectl scale` sets `" + scale.getSpecReplicasPath().substring(1) + "`.");
        }
        reference.line("");
        reference.columns(version.getAdditionalPrinterColumns());
        Map<String, JSONSchemaProps> parts =
                version.getSchema().getOpenAPIV3Schema().getProperties();
        for (String part : List.of("spec", "status")) {
            reference.line("### " + names.getKind() + " " + part);
            reference.line("");
            reference.line("| field | type | default | meaning |");
            reference.line("|---|---|---|---|");
            JSONSchemaProps schema = Objects.requireNonNull(parts.get(part), part);
            reference.fields(part, schema, "");
            reference.line("");
            reference.rules(part, schema);
        }
        return reference.text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void columns(List<CustomResourceColumnDefinition> columns) {
        line("| column | shows |");
        line("|---|---|");
        columns.forEach(column -> line("| " + column.getName() + " | `" + column.getJsonPath() + "` |"));
        line("");
    }

    private void fields(String root, JSONSchemaProps schema, String prefix) {
        Set<String> required = Set.copyOf(schema.getRequired() == null ? List.of() : schema.getRequired());
        new TreeMap<>(schema.getProperties()).forEach((name, field) -> {
            String path = prefix.isEmpty() ? name : prefix + "." + name;
            String foreign = root.equals("spec") ? KUBERNETES.get(name) : null;
            line("| `" + path + "` | " + (foreign == null ? type(field) : "Kubernetes' `" + foreign + "`") + " | "
                    + standard(field, required.contains(name)) + " | " + meaning(field) + " |");
            if (foreign != null) {
                return;
            }
            JSONSchemaProps items =
                    field.getItems() == null ? null : field.getItems().getSchema();
            if (items != null && hasFields(items)) {
                fields(root, items, path + "[]");
            } else if (hasFields(field)) {
                fields(root, field, path);
            }
        });
    }

    private static boolean hasFields(JSONSchemaProps schema) {
        return schema.getProperties() != null && !schema.getProperties().isEmpty();
    }

    private static String type(JSONSchemaProps field) {
        if (field.getEnum() != null && !field.getEnum().isEmpty()) {
            return field.getEnum().stream()
                    .map(value -> "`" + value.asText() + "`")
                    .collect(Collectors.joining(" or "));
        }
        if (Boolean.TRUE.equals(field.getXKubernetesIntOrString())) {
            return "quantity";
        }
        if ("array".equals(field.getType())) {
            JSONSchemaProps items = field.getItems().getSchema();
            return "list of " + (hasFields(items) ? "objects" : items.getType() + "s");
        }
        boolean map = "object".equals(field.getType()) && field.getAdditionalProperties() != null;
        return map ? "map of " + field.getAdditionalProperties().getSchema().getType() + "s" : field.getType();
    }

    private static String standard(JSONSchemaProps field, boolean required) {
        if (field.getDefault() != null && !hasFields(field)) {
            return "`" + Serialization.asJson(field.getDefault()).replace("\"", "") + "`";
        }
        return required ? "required" : "";
    }

    private static String meaning(JSONSchemaProps field) {
        List<String> parts = new ArrayList<>();
        if (field.getDescription() != null) {
            parts.add(field.getDescription().replace("|", "\\|"));
        }
        String limits = limits(field);
        if (!limits.isEmpty()) {
            parts.add(limits);
        }
        return String.join(" ", parts);
    }

    private static String limits(JSONSchemaProps field) {
        List<String> limits = new ArrayList<>();
        if (field.getMinimum() != null) {
            limits.add("at least " + number(field.getMinimum()));
        }
        if (field.getMaximum() != null) {
            limits.add("at most " + number(field.getMaximum()));
        }
        if (field.getMinLength() != null) {
            limits.add("at least " + field.getMinLength() + " character" + (field.getMinLength() == 1 ? "" : "s"));
        }
        if (field.getMaxLength() != null) {
            limits.add("at most " + field.getMaxLength() + " characters");
        }
        if (field.getMinItems() != null) {
            limits.add("at least " + field.getMinItems() + " item" + (field.getMinItems() == 1 ? "" : "s"));
        }
        if (field.getMaxItems() != null) {
            limits.add("at most " + field.getMaxItems() + " items");
        }
        return limits.isEmpty() ? "" : "(" + String.join(", ", limits) + ")";
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private void rules(String part, JSONSchemaProps schema) {
        Map<String, List<String>> rules = new TreeMap<>();
        collect(part, schema, rules);
        if (rules.isEmpty()) {
            return;
        }
        line("These are refused too:");
        line("");
        rules.forEach((path, messages) ->
                messages.stream().distinct().forEach(message -> line("- `" + path + "`: " + message)));
        line("");
    }

    private static void collect(String path, JSONSchemaProps schema, Map<String, List<String>> rules) {
        if (schema.getXKubernetesValidations() != null) {
            for (ValidationRule rule : schema.getXKubernetesValidations()) {
                rules.computeIfAbsent(path, p -> new ArrayList<>()).add(rule.getMessage());
            }
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, field) -> collect(path + "." + name, field, rules));
        }
        if (schema.getItems() != null && schema.getItems().getSchema() != null) {
            collect(path + "[]", schema.getItems().getSchema(), rules);
        }
    }
}
