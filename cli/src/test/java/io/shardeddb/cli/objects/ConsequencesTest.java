package io.shardeddb.cli.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.protocol.schema.TablePermissions;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConsequencesTest {

    private static final String STUDENTS = """
        sharding: {strategy: Range}
        shards: [{name: sh1, low: 0, size: 10}, {name: sh2, low: 10, size: 10}]
        tables: [{name: t, columns: [{name: k, type: Number}], primaryKey: [k]}]
        replication: {replicas: 3}
        servers: {count: 3}
        router: {replicas: 1}
        """;

    private static JsonNode yaml(String text) throws IOException {
        return new ObjectMapper(new YAMLFactory()).readTree(text);
    }

    private static Consequences consequences(String from, String to) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        return Consequences.of(
                mapper.treeToValue(yaml(from), ShardedDatabaseSpec.class),
                mapper.treeToValue(yaml(to), ShardedDatabaseSpec.class));
    }

    private static Consequences allowing(String from, String to, String permissions) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ShardedDatabaseSpec before = mapper.treeToValue(yaml(from), ShardedDatabaseSpec.class);
        return Consequences.of(
                before,
                mapper.treeToValue(yaml(to), ShardedDatabaseSpec.class),
                before,
                TablePermissions.parse(permissions));
    }

    @Test
    void saysOfEachChangeOfTablesWhatItCostsAndWhatItNeeds() throws IOException {
        String wide = STUDENTS.replace("[{name: k, type: Number}]", "[{name: k, type: Number}, {name: v, type: INT}]");
        assertThat(change(STUDENTS, wide))
                .containsExactly("tables: column t.v is added: at once, on every shard, through its log");
        assertThat(change(wide, STUDENTS))
                .containsExactly(
                        "tables: column t.v is dropped with its values: its values are lost",
                        "tables: WITHHELD until it is allowed: --allow 'drop t.v'");
        assertThat(allowing(wide, STUDENTS, "drop t.v").sentences()).contains("tables: allowed: drop t.v");
        assertThat(allowing(wide, wide.replace("INT", "BIGINT"), "").sentences())
                .anyMatch(line -> line.contains("widened from INT to BIGINT") && line.contains("takes long"))
                .contains("tables: WITHHELD until it is allowed: --allow 'rebuild t'");
        assertThat(allowing(wide, wide, "drp t.v").refusals())
                .singleElement()
                .asString()
                .startsWith("metadata.annotations.shardeddb.io/allow-table-changes: 'drp t.v' is no permission");
    }

    @Test
    void aNewDatabaseIsNoChangeOfTables() throws IOException {
        ShardedDatabaseSpec spec = new ObjectMapper().treeToValue(yaml(STUDENTS), ShardedDatabaseSpec.class);
        assertThat(Consequences.of(null, spec).sentences())
                .contains("tables: table t is added: at once, on every shard, through its log");
    }

    private static List<String> change(String from, String to) throws IOException {
        return consequences(from, to).sentences();
    }

    @Test
    void computesHowCopiesSpreadOverMoreServers() throws IOException {
        assertThat(change(STUDENTS, STUDENTS.replace("count: 3", "count: 4")))
                .containsExactly(
                        "servers: 3 -> 4; 1 start empty, each with a volume of 10Gi",
                        "copies: 6 in all as before, about 1 to 2 on each of 4 servers");
    }

    @Test
    void refusesTablesThatTheOperatorWouldRefuse() throws IOException {
        assertThat(consequences(
                                STUDENTS,
                                STUDENTS.replace(
                                        "primaryKey: [k]}",
                                        "primaryKey: [k]}, {name: u, columns: [{name: k, type: String}], primaryKey:"
                                                + " [k]}"))
                        .refusals())
                .singleElement()
                .asString()
                .startsWith("spec.tables[1].columns[0].type: with strategy Range the shard key must be");
    }

    @Test
    void letsATableBeMendedThatNoServerCanHaveTaken() throws IOException {
        String broken = STUDENTS.replace("type: Number", "type: VARCHAR(40)");
        assertThat(consequences(broken, broken).refusals()).hasSize(1);
        assertThat(consequences(broken, STUDENTS).refusals()).isEmpty();
        assertThat(consequences(STUDENTS, STUDENTS.replace("type: Number", "type: BIGINT"))
                        .refusals())
                .hasSize(1);
    }

    @Test
    void saysHowManyCopiesMayBeLost() throws IOException {
        assertThat(change(STUDENTS, STUDENTS.replace("replicas: 3", "replicas: 2")))
                .anyMatch(line -> line.contains("acknowledged by 2 of them, and NONE may be lost"));
        assertThat(change(
                        STUDENTS.replace("count: 3", "count: 5"),
                        STUDENTS.replace("count: 3", "count: 5").replace("replicas: 3", "replicas: 5")))
                .anyMatch(line -> line.contains("acknowledged by 3 of them, and 2 may be lost"));
        assertThat(change(
                        STUDENTS.replace("count: 3", "count: 5").replace("replicas: 3", "replicas: 5"),
                        STUDENTS.replace("count: 3", "count: 5")
                                .replace("replicas: 3", "replicas: 5, faultTolerance: 1")))
                .anyMatch(line -> line.contains("acknowledged by 2 of them, and 1 may be lost"));
    }

    @Test
    void warnsOfTooFewServers() throws IOException {
        assertThat(change(STUDENTS, STUDENTS.replace("count: 3", "count: 2")))
                .anyMatch(line -> line.startsWith("NOT ENOUGH SERVERS: 3 copies"));
    }

    @Test
    void namesWhatIsRefusedOrWithheld() throws IOException {
        assertThat(change(STUDENTS, STUDENTS.replace(", {name: sh2, low: 10, size: 10}", "")))
                .anyMatch(line -> line.startsWith("shards: WITHHELD: sh2"));
        assertThat(consequences(STUDENTS, STUDENTS.replace("low: 10", "low: 20"))
                        .refusals())
                .anyMatch(line -> line.contains("the interval of sh2 cannot change"));
        assertThat(consequences(STUDENTS, STUDENTS.replace("type: Number", "type: String"))
                        .refusals())
                .anyMatch(line -> line.contains("spec.tables[0].columns[0]"));
    }

    @Test
    void comparesListsByName() throws IOException {
        List<SpecDifference> differences = SpecDifference.between(
                "spec",
                yaml("{a: 1, list: [{name: x, v: 1}, {name: y, v: 1}]}"),
                yaml("{a: 1, list: [{name: y, v: 2}, {name: z, v: 3}], b: [1]}"));
        assertThat(differences)
                .extracting(SpecDifference::toString)
                .containsExactly(
                        "- spec.list[x]: {\"name\":\"x\",\"v\":1}",
                        "~ spec.list[y].v: 1 -> 2",
                        "+ spec.list[z]: {\"name\":\"z\",\"v\":3}",
                        "+ spec.b: [1]");
    }
}
