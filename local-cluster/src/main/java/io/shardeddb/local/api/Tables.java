package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Objects as tables, for clients that print them. */
final class Tables implements Reads.View {
    private final InstantSource clock;
    private final String includeObject;

    /**
     * Makes the view.
     *
     * @param includeObject what accompanies a row: None, Metadata or Object
     */
    Tables(InstantSource clock, String includeObject) {
        this.clock = clock;
        this.includeObject = includeObject;
    }

    @Override
    public ObjectNode of(Kind kind, ObjectNode object) {
        ObjectNode metadata = Tree.object();
        metadata.put("resourceVersion", Long.toString(Meta.revision(object)));
        return table(kind, List.of(object), metadata);
    }

    @Override
    public ObjectNode list(Kind kind, List<ObjectNode> objects, ObjectNode listMetadata) {
        return table(kind, objects, listMetadata);
    }

    private ObjectNode table(Kind kind, List<ObjectNode> objects, ObjectNode metadata) {
        List<Column> columns = columns(kind);
        ObjectNode table = Tree.object();
        table.put("kind", "Table");
        table.put("apiVersion", "meta.k8s.io/v1");
        table.set("metadata", metadata);
        ArrayNode definitions = table.putArray("columnDefinitions");
        for (Column column : columns) {
            ObjectNode definition = definitions.addObject();
            definition.put("name", column.name());
            definition.put("type", column.type().equals("date") ? "string" : column.type());
            definition.put("format", column.format());
            definition.put("description", column.name());
            definition.put("priority", column.priority());
        }
        ArrayNode rows = table.putArray("rows");
        for (ObjectNode object : objects) {
            ObjectNode row = rows.addObject();
            ArrayNode cells = row.putArray("cells");
            columns.forEach(c -> cells.add(c.value().apply(object, clock.instant())));
            switch (includeObject) {
                case "None" -> {}
                case "Object" -> row.set("object", object);
                default -> row.set("object", metadataOnly(object));
            }
        }
        return table;
    }

    /** An object reduced to its metadata. */
    static ObjectNode metadataOnly(ObjectNode object) {
        ObjectNode partial = Tree.object();
        partial.put("kind", "PartialObjectMetadata");
        partial.put("apiVersion", "meta.k8s.io/v1");
        partial.set("metadata", object.path("metadata"));
        return partial;
    }

    private static List<Column> columns(Kind kind) {
        Kind.Custom custom = kind.custom();
        if (custom == null) {
            return BuiltInColumns.of(kind);
        }
        List<Column> columns = new ArrayList<>();
        columns.add(Column.NAME);
        for (JsonNode column : custom.columns()) {
            columns.add(Column.path(
                    column.path("name").asText(),
                    column.path("type").asText(),
                    column.path("priority").asInt(0),
                    column.path("jsonPath").asText()));
        }
        if (custom.columns().isEmpty()) {
            columns.add(Column.AGE);
        }
        return columns;
    }
}
