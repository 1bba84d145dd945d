package io.shardeddb.cli.cluster;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.Yaml;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.protocol.schema.TablePermissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads YAML and JSON files of Kubernetes objects. Every document is checked before anything of a file is applied. */
public final class Manifests {

    private Manifests() {}

    /**
     * The objects of a file, in its order.
     *
     * @param defaultNamespace for namespaced objects that name none
     * @throws CommandFailure NO_INPUT when the file cannot be read, DATA when it is not well formed or breaks a rule
     */
    public static List<ObjectNode> read(Path file, String defaultNamespace) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + file);
        }
        List<ObjectNode> objects = new ArrayList<>();
        ObjectReader strict = Json.MAPPER.reader().with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
        try (MappingIterator<JsonNode> documents =
                Yaml.MAPPER.readerFor(JsonNode.class).readValues(file.toFile())) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                if (document != null && document.isObject()) {
                    objects.add(checked(file, (ObjectNode) strict.readTree(Json.MAPPER.writeValueAsString(document))));
                }
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, file + " is not well-formed YAML: " + e.getMessage(), e);
        }
        if (objects.isEmpty()) {
            throw new CommandFailure(ExitCode.DATA, file + " holds no object");
        }
        for (ObjectNode object : objects) {
            if (isDatabase(object) && object.path("metadata").path("namespace").isMissingNode()) {
                ((ObjectNode) object.path("metadata")).put("namespace", defaultNamespace);
            }
        }
        return objects;
    }

    /** The objects of several files, in their order; nothing of them when one cannot be read. */
    public static List<ObjectNode> read(List<Path> files, String defaultNamespace) {
        return files.stream()
                .flatMap(file -> read(file, defaultNamespace).stream())
                .toList();
    }

    /** Whether an object is a database. */
    public static boolean isDatabase(JsonNode object) {
        return object.path("kind").asText().equals(KnownKinds.DATABASE.kind());
    }

    /**
     * An object that can be applied.
     *
     * @param file where it comes from, for the message
     * @throws CommandFailure DATA when it is not complete, or breaks a rule
     */
    public static ObjectNode checked(Path file, ObjectNode document) {
        String name = document.path("metadata").path("name").asText("");
        if (document.path("kind").asText("").isEmpty()
                || name.isEmpty()
                || document.path("apiVersion").asText("").isEmpty()) {
            throw new CommandFailure(ExitCode.DATA, file + ": every object needs apiVersion, kind and metadata.name");
        }
        if (isDatabase(document)) {
            database(file, name, document);
        }
        return document;
    }

    /** A database as its type. @throws CommandFailure when it is not one, has unknown fields or breaks a rule */
    static ShardedDatabase database(Path file, String name, JsonNode document) {
        ShardedDatabase database;
        try {
            database = Json.MAPPER.treeToValue(document, ShardedDatabase.class);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, file + ": ShardedDatabase " + name + ": " + firstLine(e), e);
        }
        List<String> unknown = UnknownFields.of(document, database);
        if (!unknown.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.DATA,
                    file + ": ShardedDatabase " + name + ": unknown field " + String.join(", ", unknown));
        }
        ShardedDatabaseSpec spec = database.getSpec();
        List<SpecValidation.Violation> violations = SpecValidation.check(spec);
        // A file does not say which tables are there already, of which less is asked: see refuseTables.
        refuse(file + ": ShardedDatabase " + name, violations.isEmpty() ? TableRules.check(spec, spec) : violations);
        return database;
    }

    /**
     * Refuses a database with tables that the operator would not accept.
     *
     * @param object of a file that was read
     * @param before the object that is there
     * @throws CommandFailure DATA with the fields and what is allowed
     */
    public static void refuseTables(JsonNode object, Optional<JsonNode> before) {
        if (isDatabase(object)) {
            String name = object.path("metadata").path("name").asText();
            refuse(
                    "ShardedDatabase " + name,
                    TableRules.check(
                            specification(object),
                            before.map(Manifests::specification).orElse(null)));
        }
    }

    /**
     * Allows changes of a database's tables in its annotation, besides those that the file allows.
     *
     * @param permissions such as {@code drop orders.note}
     * @throws CommandFailure USAGE when one cannot be read, or when the object is no database
     */
    public static void allow(ObjectNode object, List<String> permissions) {
        if (permissions.isEmpty() || !isDatabase(object)) {
            return;
        }
        ObjectNode annotations = object.withObject("/metadata/annotations");
        String before =
                annotations.path(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION).asText("");
        TablePermissions given = TablePermissions.parse(String.join(";", permissions));
        if (!given.problems().isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "--allow: " + String.join("; ", given.problems()));
        }
        TablePermissions all = TablePermissions.parse(before + ";" + String.join(";", permissions));
        annotations.put(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION, TablePermissions.text(all.allowed()));
    }

    /** What an object allows. */
    public static TablePermissions permissions(JsonNode object) {
        JsonNode text = object.path("metadata").path("annotations").path(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION);
        return TablePermissions.parse(text.isTextual() ? text.asText() : null);
    }

    private static ShardedDatabaseSpec specification(JsonNode database) {
        return Json.MAPPER.convertValue(database, ShardedDatabase.class).getSpec();
    }

    private static void refuse(String what, List<SpecValidation.Violation> violations) {
        if (!violations.isEmpty()) {
            StringBuilder text = new StringBuilder(what + " breaks rules:");
            violations.forEach(violation -> text.append("\n  ").append(violation));
            throw new CommandFailure(ExitCode.DATA, text.toString());
        }
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("not a database");
    }
}
