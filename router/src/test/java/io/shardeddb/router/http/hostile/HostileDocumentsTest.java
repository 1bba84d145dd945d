package io.shardeddb.router.http.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.fake.FakeApi;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.testsupport.http.HostileRequests;
import io.shardeddb.testsupport.http.HostileRequests.Endpoint;
import io.shardeddb.testsupport.http.HostileRun;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** No input is a fault of the endpoints of collections and key-value spaces either, where these are there. */
class HostileDocumentsTest {

    private static final long SEED = 14;
    private static final int REQUESTS = 500;

    private static final TableDefinition PEOPLE = FakeCluster.collectionTable("people");

    private static final TableDefinition SESSIONS = FakeCluster.spaceTable("sessions");

    /**
     * What is sent to some endpoints.
     *
     * @param paths the endpoints: their templates end so
     */
    private record Group(List<String> paths, List<String> bodies) {}

    private static final List<Group> DOCUMENTS = List.of(
            new Group(
                    List.of("/collections/{collection}", "/{id}"),
                    List.of(
                            "{\"_id\":@,\"a\":@,\"b\":{\"c\":@}}",
                            "[{\"_id\":@,\"a\":1},{\"_id\":@,\"$a\":2},@]",
                            "[{\"_id\":@},{\"_id\":@}]",
                            "{\"a\":@}",
                            "{\"name\":\"Ada\"}",
                            "[{\"name\":\"Ada\"},{\"born\":1815}]",
                            "{@:1}",
                            "@")),
            new Group(
                    List.of("/find", "/explain", "/count", "/delete", "/distinct"),
                    List.of(
                            "{\"filter\":{\"a\":{\"$gt\":@,\"$lt\":@}}}",
                            "{\"filter\":{\"$or\":[{\"a\":@},{\"b.c\":{\"$in\":[@,@]}}],\"$nor\":@}}",
                            "{\"filter\":{\"a\":{\"$regex\":@,\"$options\":@}}}",
                            "{\"filter\":{\"a\":{\"$elemMatch\":@,\"$size\":@,\"$type\":@,\"$mod\":[@,@]}}}",
                            "{\"filter\":{\"a\":{\"$not\":@}}}",
                            "{\"filter\":{@:1}}",
                            "{\"filter\":@,\"sort\":@,\"projection\":@}",
                            "{\"filter\":{\"a\":@},\"sort\":{\"a\":@},\"limit\":@,\"skip\":@}",
                            "{\"projection\":{\"a\":@},\"cursor\":@}",
                            "{\"sort\":{\"a\":@,\"b.c\":-1},\"limit\":10}",
                            "{\"filter\":{\"_id\":@},\"many\":@,\"return\":@}",
                            "{\"path\":@,\"filter\":{\"a\":@}}",
                            "{\"path\":\"a\"}",
                            "{\"filter\":{\"a\":1},\"limit\":@}",
                            "@",
                            "{}")),
            new Group(
                    List.of("/update"),
                    List.of(
                            "{\"filter\":{\"_id\":@},\"update\":{\"$set\":{\"a\":@}},\"upsert\":true}",
                            "{\"filter\":{\"_id\":@},\"update\":{\"$inc\":{\"n\":@}},\"return\":\"after\"}",
                            "{\"update\":{\"$set\":{\"a\":1}}}",
                            "{\"update\":{\"$push\":{\"l\":{\"$each\":[@],\"$slice\":@,\"$sort\":@,\"$position\":@}}},"
                                    + "\"many\":true}",
                            "{\"update\":{\"$push\":{\"l\":@}},\"many\":true}",
                            "{\"update\":{\"$mul\":{\"n\":@},\"$min\":{\"a\":@},\"$rename\":{\"a\":@},\"$unset\":@},"
                                    + "\"many\":true}",
                            "{\"update\":{\"$set\":{\"l.$[x].a\":@}},\"arrayFilters\":[{\"x.a\":@}],\"many\":true}",
                            "{\"update\":{@:{\"a\":1}},\"many\":@}",
                            "{\"update\":@,\"many\":@,\"upsert\":true,\"return\":@}")),
            new Group(
                    List.of("/aggregate"),
                    List.of(
                            "{\"pipeline\":[{\"$match\":{\"a\":@}},{\"$group\":{\"_id\":@,\"s\":{\"$sum\":1}}}]}",
                            "{\"pipeline\":[{\"$group\":{\"_id\":null,\"m\":{\"$avg\":@}}},{\"$sort\":{\"m\":@}}]}",
                            "{\"pipeline\":[{\"$project\":{\"a\":{\"$add\":[@,\"$a\"]},\"b\":{\"$divide\":[@,@]}}}]}",
                            "{\"pipeline\":[{\"$unwind\":@},{\"$count\":@},{\"$limit\":@},{\"$skip\":@}]}",
                            "{\"pipeline\":[{\"$unwind\":\"$l\"},{\"$limit\":@}]}",
                            "{\"pipeline\":[{\"$sort\":{\"a\":1}}]}",
                            "{\"pipeline\":[{@:@}]}",
                            "{\"pipeline\":@}")),
            new Group(
                    List.of("/collections", "/collections/{collection}"),
                    List.of(
                            "{\"name\":@,\"shardKey\":@}",
                            "{\"name\":\"other\",\"shardKey\":\"a.b\"}",
                            "{\"name\":@}",
                            "")));

    private static final List<Group> KEYS = List.of(
            new Group(List.of("/kv", "/{space}", "/{key}"), List.of("@", "", "a", "@@")),
            new Group(
                    List.of("/increment"),
                    List.of(
                            "{\"by\":@,\"min\":@,\"max\":@,\"initial\":@,\"ttlSeconds\":@}",
                            "{\"by\":@}",
                            "{\"initial\":@,\"ttlSeconds\":60}",
                            "")),
            new Group(
                    List.of("/get", "/delete"),
                    List.of(
                            "{\"keys\":[@,\"77\",{\"keyBase64\":@}]}",
                            "{\"keys\":[\"1\",@,\"a\"]}",
                            "{\"keys\":@}",
                            "@")),
            new Group(
                    List.of("/put"),
                    List.of(
                            "{\"entries\":[{\"key\":@,\"value\":@},{\"key\":\"77\",\"number\":@}]}",
                            "{\"entries\":[{\"key\":\"1\",\"valueBase64\":@,\"type\":@,\"if\":{\"absent\":@}}]}",
                            "{\"entries\":[{\"key\":\"a\",\"value\":\"b\",\"ttlSeconds\":@}]}",
                            "{\"entries\":@}")));

    @Test
    void noDocumentAndNoQueryIsAFault() throws Exception {
        everyAnswerIsWellFormed(PEOPLE, "/v1/collections", DOCUMENTS, Map.of("collection", "people"));
    }

    @Test
    void noKeyAndNoValueIsAFault() throws Exception {
        everyAnswerIsWellFormed(SESSIONS, "/v1/kv", KEYS, Map.of("space", "sessions"));
    }

    private static void everyAnswerIsWellFormed(
            TableDefinition table, String paths, List<Group> groups, Map<String, String> names)
            throws IOException, InterruptedException {
        try (FakeCluster cluster = new FakeCluster(3, Strategy.HASH, table, Interval.cover(2));
                FakeApi api = new FakeApi(HostileTarget.database());
                HostileTarget target = new HostileTarget(cluster, api)) {
            Set<Endpoint> left = target.endpoints().stream()
                    .filter(endpoint -> endpoint.template().startsWith(paths))
                    .collect(Collectors.toCollection(HashSet::new));
            for (Group group : groups) {
                List<Endpoint> endpoints = target.endpoints().stream()
                        .filter(endpoint -> endpoint.template().startsWith(paths))
                        .filter(endpoint -> group.paths().stream()
                                .anyMatch(path -> endpoint.template().endsWith(path)))
                        .toList();
                HostileRun run = target.send(new HostileRequests(SEED, endpoints, group.bodies(), names), REQUESTS);
                assertThat(run.wrong()).as("of %s", run.statuses()).isEmpty();
                // Else it would have been refused at its first byte.
                assertThat(run.answered(200) + run.answered(201) + run.answered(202))
                        .as("%s of %s", group.paths(), run.statuses())
                        .isGreaterThan(REQUESTS / 100);
                endpoints.forEach(left::remove);
            }
            assertThat(left).as("endpoints that nobody asked").isEmpty();
        }
    }
}
