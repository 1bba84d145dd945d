package io.shardeddb.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.operator.desired.AcceptedRecord.KnownGroup;
import io.shardeddb.operator.desired.AcceptedRecord.LeftTables;
import io.shardeddb.operator.desired.AcceptedRecord.TablesInForce;
import io.shardeddb.operator.desired.TableProposal.ShardVersions;
import io.shardeddb.operator.desired.TablesDecision.Accept;
import io.shardeddb.operator.desired.TablesDecision.Trial;
import io.shardeddb.protocol.schema.TablePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One database of two shards, whose tables in force are version 6. */
final class TablesDecisionTest {

    private static final String IN_FORCE = "k BIGINT, v VARCHAR(10)";

    private String permissions = "";
    private Trial trial = new Trial.Passed(List.of());
    private List<String> older = List.of();
    private Map<String, ShardVersions> shards = at(6, 6);
    private final List<LeftTables> left = new ArrayList<>();
    private @Nullable String open;
    private boolean knownInForce = true;

    /** "k BIGINT, v VARCHAR(10) not null / i: v" is a table t with key k and an index i; "; u: ..." adds a table u. */
    private static ShardedDatabaseSpec spec(String tables) {
        StringBuilder yaml =
                new StringBuilder("shards: [{name: a, low: 0, size: 5}, {name: b, low: 5, size: 5}]\ntables:\n");
        if (tables.isEmpty()) {
            yaml.append("  []\n");
        }
        for (String table : tables.isEmpty() ? new String[0] : tables.split("; ", -1)) {
            String name = table.contains(": k") ? table.substring(0, table.indexOf(':')) : "t";
            String rest = table.contains(": k") ? table.substring(table.indexOf(':') + 2) : table;
            String[] parts = rest.split(" / ", -1);
            yaml.append("- name: ").append(name).append("\n  primaryKey: [k]\n  columns:\n");
            for (String column : parts[0].split(", ", -1)) {
                String[] words = column.split(" ", 3);
                yaml.append("  - {name: ")
                        .append(words[0])
                        .append(", type: '")
                        .append(words[1])
                        .append("'");
                yaml.append(words.length > 2 ? ", nullable: false}\n" : "}\n");
            }
            if (parts.length > 1) {
                String[] index = parts[1].split(": ", -1);
                yaml.append("  indexes: [{name: ")
                        .append(index[0])
                        .append(", columns: [")
                        .append(index[1])
                        .append("]}]\n");
            }
        }
        return Serialization.unmarshal(yaml.toString(), ShardedDatabaseSpec.class);
    }

    private static Map<String, ShardVersions> at(long a, long b) {
        return Map.of("a", new ShardVersions(a, a, true), "b", new ShardVersions(b, b, true));
    }

    private static KnownGroup group() {
        return new KnownGroup("u", "m", List.of("s"), new IntervalSpec(0L, 5L), 1L, true);
    }

    private AcceptedRecord record() {
        ShardedDatabaseSpec accepted = spec(open == null ? IN_FORCE : open);
        TablesInForce inForce = new TablesInForce(6, "x", spec(IN_FORCE).tables(), List.of());
        return new AcceptedRecord(
                accepted,
                open == null ? 6 : left.isEmpty() ? 7 : 8,
                Schemas.hash(accepted),
                TableSteps.ADDITIONS,
                knownInForce ? inForce : null,
                left,
                Map.of("a", group(), "b", group()),
                Map.of());
    }

    private TablesDecision decide(String tables) {
        return decide(tables, knownInForce);
    }

    private TablesDecision decide(String tables, boolean initialised) {
        TableProposal proposal = TableProposal.of(spec(tables), record(), initialised, shards);
        return TablesDecision.of(
                proposal, new TablesDecision.Grounds(TablePermissions.parse(permissions), Set.of(), trial, older, 9));
    }

    /** As one line: what was decided, and what matters of it. */
    private static String told(TablesDecision decision) {
        return switch (decision) {
            case TablesDecision.Unchanged _ -> "unchanged";
            case TablesDecision.Refused refused -> "refused " + refused.violations();
            case TablesDecision.Wait wait -> "wait " + wait.why();
            case TablesDecision.Withheld withheld -> "withheld " + String.join(", ", withheld.permissions());
            case Accept accept ->
                "accept " + accept.version() + " rules " + accept.steps().rules() + " drops "
                        + accept.steps().drops() + " reverts " + accept.steps().reverts()
                        + (accept.steps().takesBack().isEmpty()
                                ? ""
                                : " takes back " + accept.steps().takesBack());
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "k BIGINT, v VARCHAR(10)                  |   | unchanged",
                "k bigint, v varchar(10)                  |   | unchanged",
                "k BIGINT, v VARCHAR(10), w INT           |   | accept 9 rules 0 drops [] reverts []",
                "k BIGINT, v VARCHAR(10); u: k BIGINT     |   | accept 9 rules 0 drops [] reverts []",
                "k BIGINT, v VARCHAR(10), w INT not null  |   | refused [spec.tables[0].columns[2].nullable",
                "v VARCHAR(10), k BIGINT                  |   | refused [spec.tables[0].columns[0]",
                "k BIGINT, v INT                          |   | refused [spec.tables[0].columns[1].type",
                "k BIGINT, v VARCHAR(10) not null         |   | refused [spec.tables[0].columns[1].nullable",
                "k BIGINT, v VARCHAR(20)                  |   | accept 9 rules 1 drops [] reverts []",
                "k BIGINT, v VARCHAR(99)                  |   | withheld rebuild t",
                "k BIGINT, v VARCHAR(99)                  | rebuild t | accept 9 rules 1 drops [] reverts []",
                "k BIGINT, v VARCHAR(10) / i: v           |   | withheld rebuild t",
                "k BIGINT, v VARCHAR(10) / i: v           | rebuild t | accept 9 rules 1",
                "k BIGINT, v VARCHAR(10); u: k BIGINT / i: k | | accept 9 rules 1 drops []",
                "k BIGINT                                 |   | withheld drop t.v",
                "k BIGINT                                 | drop t | withheld drop t.v",
                "k BIGINT                                 | drop t.v | accept 9 rules 1 drops [t.v]",
                "u: k BIGINT                              |   | withheld drop t",
                "u: k BIGINT                              | drop t.v | withheld drop t",
                "u: k BIGINT                              | drop t | accept 9 rules 1 drops [t]",
            })
    void ofAChangeOfTheTablesInForce(String tables, @Nullable String allowed, String decision) {
        permissions = allowed == null ? "" : allowed;
        assertThat(told(decide(tables))).startsWith(decision);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // The open change, at which versions the shards are, what is asked for
                "k BIGINT, v VARCHAR(10), w INT  | 7 6 | k BIGINT, v VARCHAR(10), w INT  | unchanged",
                "k BIGINT, v VARCHAR(10), w INT  | 7 6 | k BIGINT, v VARCHAR(10), w INT, x INT | wait the tables"
                        + " before",
                "k BIGINT, v VARCHAR(10), w INT  | 7 6 | k BIGINT, v VARCHAR(10) | accept 9 rules 2 drops [] reverts []"
                        + " takes back [t.w]",
                "k BIGINT, v VARCHAR(10), w INT  | 6 6 | k BIGINT, v VARCHAR(10) | accept 9 rules 2 drops [] reverts []"
                        + " takes back [t.w]",
                "k BIGINT, v VARCHAR(10), w INT  | 7 6 | k BIGINT, v VARCHAR(10), w JSON | accept 9 rules 2 drops"
                        + " [] reverts [] takes back [t.w]",
                "k BIGINT, v VARCHAR(10), w INT  | 7 6 | k BIGINT, v VARCHAR(10), x INT | accept 9 rules 2 drops []"
                        + " reverts [] takes back [t.w]",
                "k BIGINT, v VARCHAR(10), w INT  | 7 6 | k BIGINT, v VARCHAR(10), x INT, w INT | accept 9 rules 2 drops"
                        + " [] reverts [] takes back [t.w]",
                "k BIGINT, v VARCHAR(10), w INT  | 6 6 | k BIGINT, v VARCHAR(10), x INT, w INT | accept 9 rules 2",
                "k BIGINT, v VARCHAR(10); u: k INT | 7 6 | k BIGINT, v VARCHAR(10) | accept 9 rules 2 drops []"
                        + " reverts [] takes back [u]",
                "k BIGINT, v VARCHAR(10); u: k INT | 7 6 | k BIGINT, v VARCHAR(10); u: k BIGINT | accept 9 rules 2"
                        + " drops [] reverts [] takes back [u]",
                "k BIGINT, v VARCHAR(10); u: k INT | 7 6 | k BIGINT, v VARCHAR(10); u: k INT, x INT | wait the tables",
                "k BIGINT, v VARCHAR(20)         | 7 6 | k BIGINT, v VARCHAR(10) | accept 9 rules 1 drops [] reverts"
                        + " [t.v]",
                "k BIGINT, v VARCHAR(20)         | 7 6 | k BIGINT, v VARCHAR(15) | accept 9 rules 1 drops [] reverts"
                        + " [t.v]",
                "k BIGINT, v VARCHAR(20)         | 7 6 | k BIGINT, v VARCHAR(30) | wait the tables before",
                "k BIGINT, v VARCHAR(10) / i: v  | 7 6 | k BIGINT, v VARCHAR(10) | accept 9 rules 1 drops [] reverts"
                        + " []",
                "k BIGINT                        | 7 6 | k BIGINT, v VARCHAR(10) | refused [spec.tables: t.v was"
                        + " dropped",
                "k BIGINT                        | 6 6 | k BIGINT, v VARCHAR(10) | refused [spec.tables: t.v was"
                        + " dropped by version 7, which is not in force yet and which shards may be making",
                "u: k BIGINT                     | 7 6 | k BIGINT, v VARCHAR(10) | refused [spec.tables: t was dropped",
                "k BIGINT, v VARCHAR(10), w INT  | 7 6 | k BIGINT | withheld drop t.v",
            })
    void ofAChangeWhileAnotherIsOpen(String accepted, String versions, String tables, String decision) {
        open = accepted;
        shards = at(Long.parseLong(versions.split(" ", -1)[0]), Long.parseLong(versions.split(" ", -1)[1]));
        assertThat(told(decide(tables))).startsWith(decision);
    }

    @Test
    void whatWasLeftBeforeIsNamedUntilItCannotBeAnywhere() {
        left.add(new LeftTables(7, spec(IN_FORCE + ", w INT").tables()));
        open = IN_FORCE + ", x INT";
        shards = at(7, 8);
        Accept back = (Accept) decide(IN_FORCE);
        assertThat(back.steps().takesBack()).containsExactly("t.w", "t.x");
        assertThat(back.takesBack()).isEqualTo(8);
        assertThat(back.left()).extracting(LeftTables::version).containsExactly(7L, 8L);
        Accept again = (Accept) decide(IN_FORCE + ", w INT");
        assertThat(again.steps().takesBack())
                .as("all or none, so that they come in one order")
                .containsExactly("t.w", "t.x");
        assertThat(again.left()).extracting(LeftTables::version).containsExactly(8L);
    }

    /**
     * As after a restore of etcd: what is known as open was long in force. The shards refuse to take it back where it
     * holds something, and come into force again with what was asked for before.
     */
    @Test
    void whatCouldNotBeTakenBackIsAskedForAgain() {
        String both = IN_FORCE + ", w INT; u: k BIGINT";
        left.add(new LeftTables(7, spec(both).tables()));
        open = IN_FORCE;
        shards = at(7, 7);
        assertThat(told(decide(both))).isEqualTo("accept 9 rules 0 drops [] reverts []");
    }

    @Test
    void asMuchAsIsLeftIsBounded() {
        for (int i = 0; i <= TablesDecision.MOST_LEFT; i++) {
            left.add(new LeftTables(7, spec(IN_FORCE + ", w" + i + " INT").tables()));
        }
        open = IN_FORCE + ", x INT";
        assertThat(told(decide(IN_FORCE + ", y INT"))).startsWith("wait 16 changes were left");
        assertThat(told(decide(IN_FORCE))).startsWith("accept 9");
    }

    @Test
    void aShardThatIsBehindOrUnknownDelaysAChangeAndNoTakeBack() {
        shards = at(6, 5);
        assertThat(told(decide(IN_FORCE + ", w INT")))
                .startsWith("wait every shard")
                .endsWith(": b");
        shards = Map.of("b", new ShardVersions(6, 6, true));
        assertThat(told(decide(IN_FORCE + ", w INT")))
                .startsWith("wait every shard")
                .endsWith(": a");
        open = IN_FORCE + ", w INT";
        assertThat(told(decide(IN_FORCE))).startsWith("accept");
    }

    @Test
    void olderServersDelayWhatTheyDoNotUnderstand() {
        older = List.of("server-1");
        assertThat(told(decide(IN_FORCE + ", w INT"))).startsWith("accept 9 rules 0");
        assertThat(told(decide("k BIGINT, v VARCHAR(20)")))
                .startsWith("wait these servers")
                .endsWith("server-1");
        permissions = "drop t.v";
        assertThat(told(decide("k BIGINT"))).startsWith("wait these servers");
        open = IN_FORCE + ", w INT";
        assertThat(told(decide(IN_FORCE))).as("no shard tells that it has it").startsWith("wait these servers");
        shards = at(7, 6);
        assertThat(told(decide(IN_FORCE))).startsWith("wait these servers");
    }

    @Test
    void theTrialDecidesLastAndItsRefusalFirst() {
        trial = new Trial.Trying();
        assertThat(told(decide(IN_FORCE + ", w INT"))).isEqualTo("wait they are being tried");
        trial = new Trial.Unanswered("no server answers");
        assertThat(told(decide(IN_FORCE + ", w INT"))).isEqualTo("wait they could not be tried: no server answers");
        assertThat(told(decide("k BIGINT"))).startsWith("withheld");
        trial = new Trial.Refused("X cannot make them: too long");
        assertThat(told(decide("k BIGINT"))).isEqualTo("refused [spec.tables: X cannot make them: too long]");
    }

    @Test
    void aWithheldChangeOffersNoPermissionOfEarlierOnes() {
        permissions = "rebuild u; nonsense";
        assertThat(((TablesDecision.Withheld) decide("k BIGINT")).text()).isEqualTo("drop t.v");
    }

    @Test
    void aTakeBackThatIsNotInForceYetKeepsNobodyWaiting() {
        left.add(new LeftTables(7, spec(IN_FORCE + ", w INT").tables()));
        open = IN_FORCE;
        shards = at(8, 6);
        assertThat(told(decide(IN_FORCE + ", x INT"))).startsWith("accept 9");
    }

    @Test
    void firstTablesThatAreNotInForceYetAreReplacedAtOnce() {
        knownInForce = false;
        open = "k BIGINT, v JSON";
        shards = at(7, 0);
        assertThat(told(decide("k BIGINT, v INT"))).isEqualTo("accept 9 rules 2 drops [] reverts [] takes back [t]");
        assertThat(told(decide("k BIGINT, v JSON, w INT"))).startsWith("accept 9 rules 0");
        assertThat(told(decide(""))).startsWith("accept 9 rules 2 drops [] reverts [] takes back [t]");
    }

    @Test
    void tablesThatAnOlderOperatorAcceptedBindAsFarAsTheyMayBeDefined() {
        knownInForce = false;
        open = "k BIGINT, v VARCHAR(10), w NOTYPE, x INT";
        assertThat(told(decide("k BIGINT, v VARCHAR(10)", true))).startsWith("accept 9 rules 0");
        assertThat(told(decide("k BIGINT, v VARCHAR(10), w JSON", true))).startsWith("accept 9 rules 0");
        assertThat(told(decide("k BIGINT", true))).isEqualTo("withheld drop t.v");
    }

    @Test
    void theRecordBringsTheSameDefinitionForEver() {
        permissions = "drop t.v";
        Accept accept = (Accept) decide("k BIGINT");
        AcceptedRecord next = record().after(spec("k BIGINT"), accept);
        AcceptedRecord read = Serialization.unmarshal(ContentHash.canonical(next), AcceptedRecord.class);
        assertThat(read).isEqualTo(next);
        assertThat(read.definition()).isEqualTo(next.definition());
        assertThat(read.definition().getDropsList()).containsExactly("t.v");
        assertThat(read.definition().getVersion()).isEqualTo(9);
        open = IN_FORCE + ", w INT; u: k BIGINT";
        next = record().after(spec("k BIGINT, v VARCHAR(10)"), decide("k BIGINT, v VARCHAR(10)"));
        read = Serialization.unmarshal(ContentHash.canonical(next), AcceptedRecord.class);
        assertThat(read).isEqualTo(next);
        assertThat(read.definition().getDropsList()).isEmpty();
        assertThat(read.definition().getTakesBackList()).containsExactly("t.w", "u");
        assertThat(read.definition().getRules()).isEqualTo(2);
    }

    @Test
    void theLastDefinitionsAreRememberedAsTheyWere() {
        List<TableSteps.Past> history = List.of();
        for (int version = 1; version <= 20; version++) {
            TableSteps.Past past = new TableSteps.Past(
                    version,
                    spec(IN_FORCE).tables(),
                    new TableSteps(1, List.of("t.x" + version), List.of(), List.of()));
            history = TableSteps.Past.with(TableSteps.Past.with(history, past), past);
        }
        assertThat(history)
                .extracting(TableSteps.Past::version)
                .containsExactly(13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L);
        TablesInForce inForce = new TablesInForce(20, "x", spec(IN_FORCE).tables(), history);
        AcceptedRecord record = new AcceptedRecord(
                spec(IN_FORCE), 20, "x", TableSteps.ADDITIONS, inForce, List.of(), Map.of(), Map.of());
        AcceptedRecord read = Serialization.unmarshal(ContentHash.canonical(record), AcceptedRecord.class);
        assertThat(read).isEqualTo(record);
        assertThat(read.earlier()).hasSize(7);
        assertThat(read.earlier().getFirst().getVersion()).isEqualTo(13);
        assertThat(read.earlier().getFirst().getDropsList()).containsExactly("t.x13");
    }

    /** The record has to fit into a ConfigMap. */
    @Test
    void longDefinitionsAreForgottenEarlier() {
        StringBuilder columns = new StringBuilder("k BIGINT");
        for (int i = 0; i < 500; i++) {
            columns.append(", column").append(i).append(" INT");
        }
        List<TableSteps.Past> history = List.of();
        for (int version = 1; version <= 8; version++) {
            history = TableSteps.Past.with(
                    history,
                    new TableSteps.Past(version, spec(columns.toString()).tables(), TableSteps.ADDITIONS));
            assertThat(ContentHash.canonical(history)).hasSizeLessThanOrEqualTo(TableSteps.Past.MOST_CHARACTERS);
        }
        assertThat(history).hasSizeBetween(1, 4);
        assertThat(history.getLast().version()).isEqualTo(8);
    }

    @Test
    void whileTheyWaitTheRestOfTheSpecIsAccepted() {
        ShardedDatabaseSpec asked = Serialization.unmarshal(
                Serialization.asYaml(spec("k BIGINT")).replaceAll("count: 0", "count: 5"), ShardedDatabaseSpec.class);
        AcceptedRecord next = record().after(asked, new TablesDecision.Wait("for something"));
        assertThat(next.spec().tables()).isEqualTo(spec(IN_FORCE).tables());
        assertThat(next.spec().servers()).isEqualTo(asked.servers());
        assertThat(next.definition()).isEqualTo(record().definition());
    }

    @Test
    void recordsOfEarlierOperatorsAreRead() {
        String json = """
            {"spec": {"tables": [{"name": "t", "primaryKey": ["k"], "columns": [{"name": "k", "type": "Number"}]}]},
             "schemaVersion": 3, "schemaHash": "x", "groups": {}}
            """;
        AcceptedRecord record = Serialization.unmarshal(json, AcceptedRecord.class);
        assertThat(record.steps()).isEqualTo(TableSteps.ADDITIONS);
        assertThat(record.left()).isEmpty();
        assertThat(record.definition()).isEqualTo(Schemas.definition(record.spec(), 3));
        assertThat(ContentHash.canonical(record)).doesNotContain("left").doesNotContain("indexes");
    }
}
