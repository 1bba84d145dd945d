package io.shardeddb.cli.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.FakeRouter;
import io.shardeddb.cli.Run;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs on a collection. */
final class DocumentVerbsTest {

    private static final String FIND = "POST /v1/collections/people/find";

    @TempDir
    private Path folder;

    private FakeRouter router;

    @BeforeEach
    void start() throws IOException {
        router = new FakeRouter();
    }

    @AfterEach
    void stop() {
        router.close();
    }

    @Test
    void findSendsWhatTheContractHasAndShowsDocuments() {
        router.answer(
                FIND,
                200,
                "{\"documents\":[{\"_id\":\"ada\",\"complete\":true},{\"_id\":2}],\"count\":2,\"complete\":true}");

        Run run = router.run(
                "find",
                "people",
                "{\"born\":{\"$lt\":1900}}",
                "--sort",
                "born,-name",
                "--skip",
                "1",
                "--limit",
                "5",
                "--project",
                "name");

        assertThat(run.out().lines()).containsExactly("{\"_id\":\"ada\",\"complete\":true}", "{\"_id\":2}");
        assertThat(router.only().body())
                .isEqualTo("{\"filter\":{\"born\":{\"$lt\":1900}},\"sort\":{\"born\":1,\"name\":-1},"
                        + "\"projection\":{\"name\":1},\"skip\":1,\"limit\":5}");
    }

    @Test
    void findIsExplainedByTheRouter() {
        router.answer("POST /v1/collections/people/explain", 200, "{\"collection\":\"people\",\"access\":\"indexes\"}");
        Run run = router.run("find", "people", "{\"born\":1815}", "--explain");
        assertThat(run.out().lines()).containsExactly("{\"collection\":\"people\",\"access\":\"indexes\"}");
        assertThat(router.only().body()).isEqualTo("{\"filter\":{\"born\":1815}}");
    }

    @Test
    void anAnswerThatIsNotWholeIsNoSuccess() {
        router.answer(FIND, 200, "{\"documents\":[{\"_id\":1},{\"_id\":2}]}");
        Run run = router.run("find", "people");
        assertThat(run.exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(run.err()).contains("broke off after 2 documents");
    }

    @Test
    void findGoesOnWithTheCursor() {
        router.answer(FIND, 200, "{\"documents\":[{\"_id\":1}],\"count\":1,\"cursor\":\"c\",\"complete\":true}");
        router.answer(FIND, 200, "{\"documents\":[{\"_id\":2}],\"count\":1,\"complete\":true}");
        assertThat(router.run("find", "people").out().lines()).containsExactly("{\"_id\":1}", "{\"_id\":2}");
        assertThat(router.asked())
                .extracting(FakeRouter.Asked::body)
                .last()
                .asString()
                .contains("\"cursor\":\"c\"");
    }

    @Test
    void aBusyFindIsAskedAgainAndARefusedOneIsNot() {
        router.answer(FIND, 503, "{\"code\":\"NO_LEADER\",\"message\":\"later\"}");
        router.answer(FIND, 200, "{\"documents\":[],\"count\":0,\"complete\":true}");
        assertThat(router.run("find", "people").exitCode()).isEqualTo(0);
        assertThat(router.asked()).hasSize(2);

        router.answer(FIND, 400, "{\"code\":\"INVALID_FILTER\",\"message\":\"filter.a.$no: no\"}");
        assertThat(router.run("find", "people", "{\"a\":{\"$no\":1}}").exitCode())
                .isEqualTo(0);
        Run refused = router.run("find", "people", "{\"a\":{\"$no\":1}}");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.DATA);
        assertThat(refused.err()).contains("INVALID_FILTER");
    }

    @Test
    void insertsFromWordsAndFromLinesWithAllDigits() throws IOException {
        router.answer("POST /v1/collections/people", 200, "{\"inserted\":1,\"ids\":[\"ada\"]}");

        assertThat(router.run("insert", "people", "{\"_id\":\"ada\",\"n\":9007199254740993}")
                        .out())
                .isEqualTo("1 document inserted: ada\n");
        assertThat(router.only().body()).isEqualTo("[{\"_id\":\"ada\",\"n\":9007199254740993}]");
        assertThat(router.only().id()).isNotNull();

        Path file = Files.writeString(folder.resolve("p.jsonl"), "{\"_id\":1}\n\n{\"_id\":2}\n");
        assertThat(router.run("insert", "people", "--file", file.toString()).out())
                .isEqualTo("2 documents inserted\n");
        assertThat(router.asked().get(1).body()).isEqualTo("[{\"_id\":1},{\"_id\":2}]");
    }

    @Test
    void aLineThatIsNotJsonIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("p.jsonl"), "{\"_id\":1}\n{\"_id\":\n");
        Run run = router.run("insert", "people", "--file", file.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.DATA);
        assertThat(run.err()).contains("line 2");
        assertThat(router.run("insert", "people", "{\"a\":1,\"a\":2}").exitCode())
                .isEqualTo(ExitCode.DATA);
        assertThat(router.run("insert", "people", "name=Ada").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(router.asked()).isEmpty();
    }

    @Test
    void updatesManyUpsertsAndShowsTheDocument() {
        String update = "POST /v1/collections/people/update";
        router.answer(update, 200, "{\"matched\":3,\"modified\":2}");
        router.answer(update, 200, "{\"matched\":0,\"modified\":0,\"upsertedId\":\"ada\"}");
        router.answer(update, 200, "{\"matched\":1,\"modified\":1,\"document\":{\"_id\":\"ada\",\"visits\":1}}");
        router.answer(update, 200, "{\"matched\":0,\"modified\":0}");
        String[] words = {"update", "people", "{\"_id\":\"ada\"}", "{\"$inc\":{\"visits\":1}}"};

        assertThat(router.run(with(words, "--many")).out()).isEqualTo("2 documents updated, 3 matched\n");
        assertThat(router.only().json().path("many").asBoolean()).isTrue();
        assertThat(router.run(with(words, "--upsert")).out()).isEqualTo("1 document inserted: ada\n");
        assertThat(router.run(with(words, "--return=after")).out()).isEqualTo("{\"_id\":\"ada\",\"visits\":1}\n");
        assertThat(router.run(words).exitCode()).isEqualTo(ExitCode.NEGATIVE);
    }

    private static String[] with(String[] words, String more) {
        String[] all = java.util.Arrays.copyOf(words, words.length + 1);
        all[words.length] = more;
        return all;
    }

    @Test
    void columnAndValueAreAmbiguousForADocument() {
        Run run = router.run("update", "people", "ada", "visits=1");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("sdb update people '{\"_id\":\"ada\"}' '{\"$set\":{...}}'");
    }

    @Test
    void deletesByIdAndByFilter() {
        router.answer("DELETE /v1/collections/people/a%2Fb", 200, "{}");
        router.answer("POST /v1/collections/people/delete", 200, "{\"deleted\":3}");
        router.answer(
                "DELETE /v1/collections/people/none", 404, "{\"code\":\"DOCUMENT_NOT_FOUND\",\"message\":\"no\"}");

        assertThat(router.run("delete", "people", "a/b").out()).isEqualTo("1 document deleted\n");
        assertThat(router.run("delete", "people", "{\"age\":{\"$lt\":3}}", "--many")
                        .out())
                .isEqualTo("3 documents deleted\n");
        assertThat(router.run("delete", "people", "none").exitCode()).isEqualTo(ExitCode.NEGATIVE);
    }

    @Test
    void countsAggregatesAndListsCollections() {
        router.answer("POST /v1/collections/people/count", 200, "{\"count\":7}");
        router.answer("POST /v1/collections/people/distinct", 200, "{\"values\":[1,\"x\"]}");
        router.answer(
                "POST /v1/collections/people/aggregate",
                200,
                "{\"documents\":[{\"_id\":null,\"sum\":3}],\"count\":1,\"complete\":true}");
        router.answer(
                "GET /v1/collections",
                200,
                "{\"collections\":[{\"name\":\"people\"},{\"name\":\"b\",\"shardKey\":\"c\"}]}");
        router.answer("DELETE /v1/collections/people", 200, "{}");

        assertThat(router.run("count", "people").out()).isEqualTo("{\"count\":7}\n");
        assertThat(router.run("distinct", "people", "a.b").out()).isEqualTo("1\n\"x\"\n");
        assertThat(router.run("aggregate", "people", "[]", "-o", "yaml").out()).isEqualTo("---\n_id: null\nsum: 3\n");
        assertThat(router.run("collections", "-o", "table").out()).isEqualTo("name     shardKey\npeople\nb        c\n");
        assertThat(router.run("collections", "drop", "people").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(router.run("collections", "drop", "people", "--yes").out()).isEqualTo("collection people dropped\n");
    }
}
