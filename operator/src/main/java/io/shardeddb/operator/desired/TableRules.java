package io.shardeddb.operator.desired;

import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.SpecChange;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.protocol.schema.DefinableTables;
import io.shardeddb.protocol.schema.TableAdmission;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every rule that a spec has to obey by itself before it is accepted: its own, those of its tables, and those of its
 * change but for the change of its tables, see {@link TableProposal}.
 */
public final class TableRules {

    private TableRules() {}

    /**
     * All violations; empty when the spec may become the accepted one.
     *
     * @param declared the spec as the resource has it: of its collections and spaces the resource's fields are named
     * @param before what was accepted; absent when nothing was. It may hold tables that break a rule: an earlier
     *     operator did not look at them. They are refused like any other, and may be corrected or taken out, because no
     *     server ever took them
     * @param shards the resources as they are
     */
    public static List<SpecValidation.Violation> check(
            ShardedDatabaseSpec declared, @Nullable AcceptedRecord before, List<Shard> shards) {
        List<SpecValidation.Violation> violations = new ArrayList<>(SpecValidation.check(declared));
        ShardedDatabaseSpec asked = declared.expanded();
        if (violations.isEmpty()) {
            TableAdmission.problems(
                            Schemas.definition(asked, 0),
                            before == null ? null : Schemas.definition(before.comparable(shards), 0))
                    .forEach(problem ->
                            violations.add(new SpecValidation.Violation("spec." + problem.path(), problem.message())));
        }
        if (before != null) {
            boolean holdsTables = !DefinableTables.of(Schemas.definition(before.spec(), 0))
                    .tables()
                    .isEmpty();
            violations.addAll(SpecChange.check(before.spec(), declared, holdsTables));
            violations.addAll(paths(declared, before));
        }
        return violations;
    }

    /**
     * Collections that are in force or may be on some shards, and are accepted no more, may hold documents too: one of
     * such a name keeps its path.
     */
    private static List<SpecValidation.Violation> paths(ShardedDatabaseSpec declared, AcceptedRecord before) {
        List<TableSpec> others = new ArrayList<>();
        before.left().forEach(left -> others.addAll(left.tables()));
        AcceptedRecord.TablesInForce inForce = before.inForce();
        if (inForce != null) {
            others.addAll(inForce.tables());
        }
        List<String> accepted =
                before.spec().tables().stream().map(TableSpec::name).toList();
        others.removeIf(table -> accepted.contains(table.name()));
        return SpecChange.checkPaths(others, declared);
    }
}
