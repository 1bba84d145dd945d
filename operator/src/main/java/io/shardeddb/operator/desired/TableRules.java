package io.shardeddb.operator.desired;

import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.SpecChange;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.protocol.schema.TableAdmission;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every rule that a spec has to obey before it is accepted: its own, those of its tables, and those of its change. */
public final class TableRules {

    private TableRules() {}

    /**
     * All violations; empty when the spec may become the accepted one.
     *
     * @param before the accepted spec so far; absent when there is none. It may hold tables that break a rule: an earlier operator did not
     *     look at them. They are refused like any other, and may be corrected or taken out, because no server ever took them
     */
    public static List<SpecValidation.Violation> check(
            ShardedDatabaseSpec asked, @Nullable ShardedDatabaseSpec before) {
        List<SpecValidation.Violation> violations = new ArrayList<>(SpecValidation.check(asked));
        SchemaDefinition inForce = before == null ? null : Schemas.definition(before, 0);
        if (violations.isEmpty()) {
            TableAdmission.problems(Schemas.definition(asked, 0), inForce)
                    .forEach(problem ->
                            violations.add(new SpecValidation.Violation("spec." + problem.path(), problem.message())));
        }
        if (before != null && inForce != null) {
            violations.addAll(
                    SpecChange.check(before, asked, table -> TableAdmission.definable(inForce, table.name())));
        }
        return violations;
    }
}
