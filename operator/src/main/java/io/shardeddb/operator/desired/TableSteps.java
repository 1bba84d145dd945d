package io.shardeddb.operator.desired;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.List;

/**
 * What a definition of tables says besides the tables. It is recorded with them, so the definition is the same, no
 * matter which process brings it.
 *
 * @param rules which changes it may ask for, as in {@code SchemaDefinition.rules}: 0 for additions alone, 2 when it
 *     takes something back
 * @param drops tables and columns that go with their values where a shard has them: {@code table} or
 *     {@code table.column}
 * @param reverts columns that may become narrower, or not null, again: {@code table.column}
 * @param takesBack tables and columns that go where a shard has them and they hold nothing; where they hold something,
 *     the shard refuses the definition
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TableSteps(int rules, List<String> drops, List<String> reverts, List<String> takesBack) {

    /** Tables and nullable columns are added, and nothing else: servers of every release understand it. */
    public static final TableSteps ADDITIONS = new TableSteps(0, List.of(), List.of(), List.of());

    /** Every change of tables in force may be asked for, and nothing goes. */
    static final TableSteps NOTHING_GOES = new TableSteps(TableProposal.ALL_CHANGES, List.of(), List.of(), List.of());

    public TableSteps {
        drops = drops == null ? List.of() : List.copyOf(drops);
        reverts = reverts == null ? List.of() : List.copyOf(reverts);
        takesBack = takesBack == null ? List.of() : List.copyOf(takesBack);
    }

    /** The definition that says it. */
    SchemaDefinition with(SchemaDefinition tables) {
        return tables.toBuilder()
                .setRules(rules)
                .addAllDrops(drops)
                .addAllReverts(reverts)
                .addAllTakesBack(takesBack)
                .build();
    }

    /** Whether nothing goes and nothing becomes narrower. */
    boolean namesNothing() {
        return drops.isEmpty() && reverts.isEmpty() && takesBack.isEmpty();
    }
}
