package io.shardeddb.operator.desired;

import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.SpecValidation.Violation;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.operator.desired.AcceptedRecord.LeftTables;
import io.shardeddb.operator.desired.AcceptedRecord.TablesInForce;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.DefinableTables;
import io.shardeddb.protocol.schema.TableChange;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a spec asks of the tables, held against those in force and against what shards may have of changes that are not:
 * a pure function. docs/tables.md has the words.
 *
 * @param kept whether the tables accepted so far are those asked for
 * @param violations what never happens, by field; empty when the tables may be tried
 * @param changes the steps from the tables in force
 * @param needed permissions that the steps need
 * @param follows whether it adds to an open change, for which it then waits; else it leaves that one
 * @param additions whether tables and nullable columns are added to those in force, and nothing else
 * @param steps what the definition has to say besides the tables
 * @param left what shards may have besides the tables in force, once this is accepted
 * @param takesBack the version of the open change that is left; absent: there is none
 * @param first whether no tables were in force yet
 * @param behind shards that were started and do not have the tables in force, or no leader; unknown ones are among them
 * @param wanted the tables asked for, at version 0
 * @param present the tables in force
 */
public record TableProposal(
        boolean kept,
        List<Violation> violations,
        List<TableChange> changes,
        Set<String> needed,
        boolean follows,
        boolean additions,
        TableSteps steps,
        List<LeftTables> left,
        @Nullable Long takesBack,
        boolean first,
        List<String> behind,
        SchemaDefinition wanted,
        SchemaDefinition present) {

    /** The version of rules that knows every change of tables in force. */
    public static final int ALL_CHANGES = 1;

    /** The version of rules that knows what goes only where it holds nothing. */
    private static final int TAKES_BACK = 2;

    /**
     * What is known of a shard's tables.
     *
     * @param told the version that its leader told last; 0 when none did
     * @param greatest the greatest version that any of its replicas shows
     * @param leads whether it has a leader, which could take a definition
     */
    public record ShardVersions(long told, long greatest, boolean leads) {
        boolean at(long version) {
            return told == version || greatest == version;
        }
    }

    /**
     * Compares.
     *
     * @param asked a spec that breaks no rule of its own
     * @param before what was accepted
     * @param initialised whether tables were in force before, also under an operator that did not record which
     * @param shards by name, as far as anything is known of them
     */
    public static TableProposal of(
            ShardedDatabaseSpec asked, AcceptedRecord before, boolean initialised, Map<String, ShardVersions> shards) {
        return new Comparison(asked, before, initialised, shards).proposal();
    }

    /** In a sentence, what changes. */
    public String told() {
        return changes.isEmpty()
                ? "the tables in force"
                : String.join(", ", changes.stream().map(TableChange::text).toList());
    }

    private static final class Comparison {
        private final ShardedDatabaseSpec asked;
        private final AcceptedRecord before;
        private final Map<String, ShardVersions> shards;
        private final boolean first;
        private final long versionInForce;
        private final DatabaseSchema present;
        private final boolean presentIsWhole;
        private final DatabaseSchema wanted;

        Comparison(
                ShardedDatabaseSpec asked,
                AcceptedRecord before,
                boolean initialised,
                Map<String, ShardVersions> shards) {
            this.asked = asked;
            this.before = before;
            this.shards = shards;
            TablesInForce inForce = before.inForce();
            ShardingStrategy strategy = before.spec().sharding().strategy();
            this.first = inForce == null && !initialised;
            this.versionInForce = inForce != null ? inForce.version() : initialised ? before.schemaVersion() : 0;
            List<TableSpec> tables = inForce != null
                    ? inForce.tables()
                    : initialised ? before.spec().tables() : List.of();
            SchemaDefinition texts = Schemas.definition(strategy, tables, versionInForce);
            this.presentIsWhole = DefinableTables.whole(texts);
            this.present = DefinableTables.of(texts);
            this.wanted = DatabaseSchema.ofWire(Schemas.definition(asked, 0));
        }

        TableProposal proposal() {
            List<TableChange> changes = TableChange.ofTables(present, wanted);
            List<LeftTables> open = open();
            LeftSteps steps = LeftSteps.of(present, wanted, schemas(open));
            List<Violation> violations = new ArrayList<>();
            changes.stream()
                    .filter(TableChange.Refused.class::isInstance)
                    .map(TableChange.Refused.class::cast)
                    .forEach(refused -> violations.add(new Violation("spec." + refused.path(), refused.message())));
            if (violations.isEmpty()) {
                open.forEach(left -> unreachable(left, steps, violations));
            }
            boolean additions = isAddition(changes) && hasNoIndexes();
            boolean plain = additions
                    && steps.drops().isEmpty()
                    && steps.takesBack().isEmpty()
                    && steps.reverts().isEmpty()
                    && open.stream().allMatch(left -> isAddition(TableChange.ofTables(schema(left), wanted)));
            Set<String> needed = new TreeSet<>();
            for (TableChange change : changes) {
                String permission = change.permission();
                if (permission != null) {
                    needed.add(permission);
                }
            }
            boolean hasOpen = isOpen();
            // An open change that only takes another one back adds nothing that could be waited for.
            boolean adds = hasOpen && !TableChange.between(present, accepted()).isEmpty();
            boolean follows = adds && !first && LeftSteps.follows(present, accepted(), wanted);
            return new TableProposal(
                    kept(),
                    List.copyOf(violations),
                    changes,
                    needed,
                    follows,
                    additions,
                    plain ? TableSteps.ADDITIONS : steps(steps),
                    open.stream()
                            .filter(left -> !LeftSteps.follows(present, schema(left), wanted))
                            .toList(),
                    hasOpen && !first && !follows ? (Long) before.schemaVersion() : null,
                    first,
                    behind(),
                    Schemas.definition(asked, 0),
                    present.toWire());
        }

        private TableSteps steps(LeftSteps steps) {
            int least = Schemas.rulesOfIndexes(Schemas.definition(asked, 0));
            return new TableSteps(
                    Math.max(least, steps.takesBack().isEmpty() ? ALL_CHANGES : TAKES_BACK),
                    steps.drops(),
                    steps.reverts(),
                    steps.takesBack());
        }

        private static boolean isAddition(List<TableChange> changes) {
            return changes.stream()
                    .allMatch(change ->
                            change instanceof TableChange.AddTable || change instanceof TableChange.AddColumn);
        }

        private boolean hasNoIndexes() {
            return wanted.tables().stream().allMatch(table -> table.indexes().isEmpty());
        }

        private boolean isOpen() {
            return before.schemaVersion() != versionInForce && DefinableTables.whole(before.definition());
        }

        private DatabaseSchema accepted() {
            return DatabaseSchema.ofWire(before.definition());
        }

        private boolean kept() {
            return Schemas.hash(asked).equals(before.schemaHash())
                    || (DefinableTables.whole(before.definition())
                            && TableChange.ofTables(accepted(), wanted).isEmpty());
        }

        /** What may have been made on some shards. A definition that no server takes as a whole was never made. */
        private List<LeftTables> open() {
            List<LeftTables> open = new ArrayList<>(before.left());
            if (isOpen()) {
                open.add(new LeftTables(before.schemaVersion(), before.spec().tables()));
            }
            return open;
        }

        private DatabaseSchema schema(LeftTables left) {
            return DatabaseSchema.ofWire(
                    Schemas.definition(before.spec().sharding().strategy(), left.tables(), left.version()));
        }

        private List<DatabaseSchema> schemas(List<LeftTables> open) {
            return open.stream().map(this::schema).toList();
        }

        /**
         * What a shard that has taken a change cannot come to any more. One that has not may have it in its log
         * already, so what was dropped counts as gone wherever it was accepted.
         */
        private void unreachable(LeftTables left, LeftSteps steps, List<Violation> violations) {
            List<String> takers = takers(left);
            String who = "version " + left.version() + ", which is not in force yet and which "
                    + (takers.isEmpty()
                            ? "shards may be making"
                            : String.join(", ", takers) + (takers.size() == 1 ? " has" : " have") + " made");
            DatabaseSchema made = schema(left);
            List<String> gone = LeftSteps.broughtBack(present, made, wanted);
            gone.forEach(name -> violations.add(new Violation(
                    "spec.tables",
                    name + " was dropped by " + who + ": its values are gone there, so leave it out; the name is free"
                            + " again when these tables are in force")));
            if (gone.isEmpty() && !takers.isEmpty()) {
                steps.obstacles(made, wanted)
                        .forEach(obstacle -> violations.add(new Violation(
                                "spec.tables",
                                obstacle + "; that is what follows from " + who
                                        + ": ask for the tables in force first")));
            }
        }

        private List<String> takers(LeftTables left) {
            return shards.entrySet().stream()
                    .filter(shard -> shard.getValue().at(left.version()))
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
        }

        private List<String> behind() {
            // Of tables that break a rule no shard ever has the whole.
            return first || !presentIsWhole
                    ? List.of()
                    : before.groups().keySet().stream()
                            .filter(name -> before.started(name) != null)
                            .filter(name -> {
                                ShardVersions known = shards.get(name);
                                return known == null || !known.leads() || known.told() < versionInForce;
                            })
                            .sorted()
                            .toList();
        }
    }
}
