package io.shardeddb.cli.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** One row of the table of {@code examples/students.yaml}. */
public record Student(long id, String name, long marks) {

    /** The table. */
    public static final String TABLE = "StudT";

    /** As the router takes it. */
    public ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("Stud_id", id)
                .put("Stud_name", name)
                .put("Stud_marks", marks);
    }

    /** As the router gives it. */
    public static Student of(JsonNode row) {
        return new Student(
                row.path("Stud_id").asLong(),
                row.path("Stud_name").asText(),
                row.path("Stud_marks").asLong());
    }
}
