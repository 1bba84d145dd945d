package io.shardeddb.operator.plan.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.operator.desired.Schemas;
import io.shardeddb.protocol.schema.DatabaseSchema;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A record that is gone is made again only where the resources tell all that it told. */
final class LostRecordTest {

    private static ShardedDatabase database(long version) {
        ShardedDatabase database = Serialization.unmarshal("""
                metadata: {name: shop}
                spec:
                  sharding: {strategy: Range}
                  shards: [{name: sh1, low: 0, size: 10}, {name: sh2, low: 10, size: 10}]
                  tables: [{name: t, primaryKey: [k], columns: [{name: k, type: BIGINT}]}]
                """, ShardedDatabase.class);
        String hash = Schemas.hash(database.getSpec());
        ShardedDatabase told = Serialization.unmarshal(
                "status: {schemaVersion: " + version + ", schemaHash: '" + hash + "'}", ShardedDatabase.class);
        database.setStatus(told.getStatus());
        return database;
    }

    /** "1 7": the shard sh1 was started, and its status tells version 7. "1 null": it was not started yet. */
    private static List<Shard> shards(String... versions) {
        return Stream.of(versions)
                .map(version -> Serialization.unmarshal(
                        "spec:\n  name: sh" + version.charAt(0)
                                + (version.endsWith("null") ? "" : "\n  bootstrapMember: m")
                                + "\nstatus:\n  schemaVersion: " + version.substring(2),
                        Shard.class))
                .toList();
    }

    /** The leader of a shard tells these tables. */
    private static LostRecord.Told leads(long version, long hash) {
        return new LostRecord.Told(true, version, hash, version);
    }

    private static long hash() {
        return DatabaseSchema.ofWire(Schemas.definition(database(7).getSpec(), 7))
                .hash();
    }

    private static List<SpecValidation.Violation> check(List<Shard> shards, LostRecord.Told one, LostRecord.Told two) {
        return LostRecord.check(database(7), shards, Map.of("sh1", one, "sh2", two), null)
                .violations();
    }

    @Test
    void isMadeAgainWhereEveryShardHasTheTablesInForce() {
        assertThat(check(shards("1 7", "2 7"), leads(7, hash()), leads(7, hash())))
                .isEmpty();
        assertThat(check(shards("1 7", "2 7"), leads(7, hash()), leads(7, 0)))
                .as("servers of an older release tell no hash")
                .isEmpty();
        assertThat(check(shards("1 7", "2 null"), leads(7, hash()), LostRecord.Told.NOTHING))
                .as("a shard that has no tables yet gets them")
                .isEmpty();
    }

    @Test
    void isNotMadeAgainWhileTablesAreChanging() {
        assertThat(check(shards("1 8", "2 7"), leads(8, 1), leads(7, hash())))
                .singleElement()
                .satisfies(violation ->
                        assertThat(violation.toString()).contains("sh1").contains("put the latest ConfigMap back"));
        assertThat(check(shards("1 7", "2 6"), leads(7, hash()), leads(6, 1))).hasSize(1);
    }

    @Test
    void isNotMadeAgainBelowWhatServersTell() {
        assertThat(check(shards("1 7", "2 7"), leads(7, hash()), leads(8, 1)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.toString()).contains("the shards sh2 have others"));
        assertThat(check(shards("1 7", "2 7"), leads(7, hash()), new LostRecord.Told(true, 7, hash(), 8)))
                .as("a replica that does not lead has later ones")
                .hasSize(1);
    }

    @Test
    void aShardThatDoesNotAnswerIsWaitedFor() {
        for (LostRecord.Told silent : List.of(LostRecord.Told.NOTHING, new LostRecord.Told(false, 0, 0, 7))) {
            assertThat(check(shards("1 7", "2 7"), leads(7, hash()), silent))
                    .singleElement()
                    .satisfies(violation -> assertThat(violation.toString())
                            .contains("is gone")
                            .contains("no leader of the shards sh2 answers")
                            .contains("when they answer"));
        }
        assertThat(check(shards("1 7", "2 7"), leads(7, hash()), leads(0, 0)))
                .as("its leader has not applied its tables yet")
                .singleElement()
                .satisfies(violation -> assertThat(violation.toString()).contains("sh2"));
    }

    /** A version was given twice, by an operator that knew no better. */
    @Test
    void otherTablesOfTheSameVersionAreOthers() {
        assertThat(check(shards("1 7", "2 7"), leads(7, hash()), leads(7, hash() + 1)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.toString())
                        .contains("the shards sh2 have others")
                        .contains("put the latest ConfigMap back"));
    }

    /** A restored Kubernetes tells an earlier time than the shards, and nobody has a later record. */
    @Test
    void whatEveryShardTellsIsInForceWhateverTheStatusSays() {
        ShardedDatabase restored = database(7);
        Map<String, LostRecord.Told> told = Map.of("sh1", leads(9, hash()), "sh2", leads(9, hash()));
        LostRecord.Findings findings = LostRecord.check(restored, shards("1 7", "2 7"), told, "is older");
        assertThat(findings.violations()).isEmpty();
        assertThat(findings.known(restored).getStatus().schemaVersion()).isEqualTo(9);
        assertThat(check(shards("1 7", "2 null"), leads(9, hash()), LostRecord.Told.NOTHING))
                .as("a shard that was never started gets them")
                .isEmpty();
    }

    @Test
    void otherTablesThatEveryShardHasAreAskedFor() {
        assertThat(check(shards("1 7", "2 7"), leads(9, 1), leads(9, 1)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.toString())
                        .contains("put the latest ConfigMap back; or write here the tables that every shard has, of"
                                + " version 9"));
    }

    @Test
    void whatOneShardDoesNotTellIsNotAgreed() {
        List<LostRecord.Told> others = List.of(
                leads(7, hash()),
                leads(9, hash() + 1),
                leads(9, 0),
                new LostRecord.Told(true, 9, hash(), 10),
                new LostRecord.Told(false, 9, hash(), 9),
                LostRecord.Told.NOTHING);
        for (LostRecord.Told other : others) {
            assertThat(check(shards("1 7", "2 7"), leads(9, hash()), other))
                    .as(other.toString())
                    .isNotEmpty()
                    .allSatisfy(violation ->
                            assertThat(violation.toString()).doesNotContain("the tables that every shard has"));
        }
        assertThat(check(shards("1 7", "2 10"), leads(9, hash()), leads(9, hash())))
                .as("a shard was recovered from an old copy")
                .isNotEmpty();
    }
}
