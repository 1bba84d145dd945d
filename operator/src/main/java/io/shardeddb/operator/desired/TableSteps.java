package io.shardeddb.operator.desired;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a definition of tables says besides the tables. It is recorded with them, so the definition is the same, no
 * matter which process brings it.
 *
 * @param rules which changes it may ask for, as in {@code SchemaDefinition.rules}: 0 for additions alone
 * @param drops tables and columns that go with their values where a shard has them: {@code table} or
 *     {@code table.column}
 * @param reverts columns that may become narrower, or not null, again: {@code table.column}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TableSteps(int rules, List<String> drops, List<String> reverts) {

    /** Tables and nullable columns are added, and nothing else: servers of every release understand it. */
    public static final TableSteps ADDITIONS = new TableSteps(0, List.of(), List.of());

    public TableSteps {
        drops = drops == null ? List.of() : List.copyOf(drops);
        reverts = reverts == null ? List.of() : List.copyOf(reverts);
    }
}
