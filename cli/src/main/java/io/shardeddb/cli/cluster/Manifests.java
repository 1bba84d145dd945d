package io.shardeddb.cli.cluster;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.shardeddb.cli.CommandFailure;
import io.shardeddb.cli.ExitCode;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.SpecValidation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads YAML and JSON files of Kubernetes objects. Every document is checked before anything of a file is applied. */
public final class Manifests {

    private Manifests() {}

    /**
     * The objects of a file, in its order.
     *
     * @param defaultNamespace for namespaced objects that name none
     * @throws CommandFailure NO_INPUT when the file cannot be read, DATA when it is not well formed or breaks a rule
     */
    public static List<HasMetadata> read(Path file, String defaultNamespace) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + file);
        }
        List<HasMetadata> objects = new ArrayList<>();
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        ObjectMapper tree = new ObjectMapper();
        ObjectReader strict = new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
        KubernetesSerialization serialization = new KubernetesSerialization();
        try (MappingIterator<JsonNode> documents =
                yaml.readerFor(JsonNode.class).readValues(file.toFile())) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                if (document != null && document.isObject()) {
                    objects.add(object(file, strict.readTree(tree.writeValueAsString(document)), serialization));
                }
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, file + " is not well-formed YAML: " + e.getMessage(), e);
        }
        if (objects.isEmpty()) {
            throw new CommandFailure(ExitCode.DATA, file + " holds no object");
        }
        for (HasMetadata object : objects) {
            if (object.getMetadata().getNamespace() == null && object instanceof ShardedDatabase) {
                object.getMetadata().setNamespace(defaultNamespace);
            }
        }
        return objects;
    }

    private static HasMetadata object(Path file, JsonNode document, KubernetesSerialization serialization) {
        String kind = document.path("kind").asText("");
        String name = document.path("metadata").path("name").asText("");
        if (kind.isEmpty()
                || name.isEmpty()
                || document.path("apiVersion").asText("").isEmpty()) {
            throw new CommandFailure(ExitCode.DATA, file + ": every object needs apiVersion, kind and metadata.name");
        }
        if (kind.equals("ShardedDatabase")) {
            return database(file, name, document);
        }
        return serialization.unmarshal(document.toString(), HasMetadata.class);
    }

    private static ShardedDatabase database(Path file, String name, JsonNode document) {
        ShardedDatabase database;
        try {
            database = new ObjectMapper().treeToValue(document, ShardedDatabase.class);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, file + ": ShardedDatabase " + name + ": " + firstLine(e), e);
        }
        List<String> unknown = UnknownFields.of(document, database);
        if (!unknown.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.DATA,
                    file + ": ShardedDatabase " + name + ": unknown field " + String.join(", ", unknown));
        }
        List<SpecValidation.Violation> violations = SpecValidation.check(database.getSpec());
        if (!violations.isEmpty()) {
            StringBuilder text = new StringBuilder(file + ": ShardedDatabase " + name + " breaks rules:");
            violations.forEach(violation -> text.append("\n  ").append(violation));
            throw new CommandFailure(ExitCode.DATA, text.toString());
        }
        return database;
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("not a database");
    }
}
