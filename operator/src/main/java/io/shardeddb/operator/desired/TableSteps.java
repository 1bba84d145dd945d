package io.shardeddb.operator.desired;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.ArrayList;
import java.util.List;

/**
 * What a definition of tables says besides the tables. It is recorded with them, so the definition is the same, no
 * matter which process brings it.
 *
 * @param rules which changes it may ask for, as in {@code SchemaDefinition.rules}: 0 for additions alone, 2 when it
 *     takes something back, 3 for indexes of paths
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

    /**
     * A definition that came into force.
     *
     * @param version of the tables
     * @param tables in their order
     * @param steps what it says besides
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Past(long version, List<TableSpec> tables, TableSteps steps) {

        /** How many are remembered. */
        static final int MOST = 8;

        /** How long all of them may be in the record, in characters: it has to fit into a ConfigMap. */
        static final int MOST_CHARACTERS = 60_000;

        public Past {
            tables = List.copyOf(tables);
            steps = steps == null ? ADDITIONS : steps;
        }

        /** With another one, if that is new; the oldest are forgotten where there are too many. */
        static List<Past> with(List<Past> history, Past latest) {
            List<Past> all = new ArrayList<>(history);
            if (all.isEmpty() || all.getLast().version() != latest.version()) {
                all.add(latest);
            }
            while (all.size() > MOST || (!all.isEmpty() && length(all) > MOST_CHARACTERS)) {
                all.removeFirst();
            }
            return List.copyOf(all);
        }

        /** The tables of a record that are in force by now. */
        static AcceptedRecord.TablesInForce inForce(AcceptedRecord record) {
            AcceptedRecord.TablesInForce before = record.inForce();
            Past latest = new Past(record.schemaVersion(), record.spec().tables(), record.steps());
            return new AcceptedRecord.TablesInForce(
                    latest.version,
                    record.schemaHash(),
                    latest.tables,
                    with(before == null ? List.of() : before.history(), latest));
        }

        /** Definitions from before a version, as shards got them. */
        static List<SchemaDefinition> before(
                AcceptedRecord.TablesInForce inForce, long version, ShardedDatabaseSpec spec) {
            return inForce.history().stream()
                    .filter(past -> past.version < version)
                    .map(past -> past.definition(spec.sharding().strategy()))
                    .toList();
        }

        private static int length(List<Past> all) {
            return ContentHash.canonical(all).length();
        }

        /** As every shard got it. */
        private SchemaDefinition definition(ShardingStrategy strategy) {
            return steps.with(Schemas.definition(strategy, tables, version));
        }
    }

    /** Changes that these rules know may be asked for, and nothing goes. */
    static TableSteps nothingGoes(int rules) {
        return new TableSteps(rules, List.of(), List.of(), List.of());
    }

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
