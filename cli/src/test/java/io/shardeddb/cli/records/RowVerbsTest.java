package io.shardeddb.cli.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.FakeRouter;
import io.shardeddb.cli.Run;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verbs on a table. */
final class RowVerbsTest {

    private static final String RANGE = """
            {"rows":[{"Stud_id":4095,"Stud_name":"a","Stud_marks":91},
            {"Stud_id":4097,"Stud_name":"b","Stud_marks":null},
            {"Stud_id":4098,"Stud_name":"c","Stud_marks":95},
            {"Stud_id":4099,"Stud_name":"d","Stud_marks":12}],"count":4}
            """;

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
    void todaysFormsOfUpdateAndDeleteGoOn() {
        router.answer("PATCH /v1/tables/StudT/rows?key=4097", 200, "{\"affected\":1}");
        router.answer("DELETE /v1/tables/StudT/rows?key=4097", 200, "{\"affected\":1}");

        assertThat(router.run("update", "StudT", "4097", "Stud_marks=99").out()).isEqualTo("1 row updated\n");
        assertThat(router.asked().getFirst().body()).isEqualTo("{\"Stud_marks\":99}");
        assertThat(router.asked().getFirst().id()).isNotNull();
        assertThat(router.run("delete", "StudT", "4097").out()).isEqualTo("1 row deleted\n");
    }

    @Test
    void aRowThatIsNotThereIsExitCode1() {
        String none = "{\"code\":\"ROW_NOT_FOUND\",\"message\":\"none\"}";
        router.answer("PATCH /v1/tables/StudT/rows?key=1", 404, none);
        router.answer("POST /v1/tables/StudT/batch", 404, none);

        assertThat(router.run("update", "StudT", "1", "Stud_marks=99").exitCode())
                .isEqualTo(ExitCode.NEGATIVE);
        assertThat(router.run("delete", "StudT", "{\"Stud_id\":1}").exitCode()).isEqualTo(ExitCode.NEGATIVE);
    }

    @Test
    void aMixtureOfBothFormsIsRefusedWithWhatToWrite() {
        Run first = router.run("update", "StudT", "{\"Stud_id\":1}", "Stud_marks=99");
        assertThat(first.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(first.err()).contains("FILTER UPDATE").contains("KEY COLUMN=VALUE");
        assertThat(router.run("update", "StudT", "1", "{\"$set\":{}}").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(router.run("update", "StudT", "1", "a=1", "--upsert").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(router.run("delete", "StudT", "1", "--many").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(router.run("delete", "StudT", "1", "{}").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(router.asked()).isEmpty();
    }

    @Test
    void anUpdateByFilterIsOneConditionalOperation() {
        router.answer("POST /v1/tables/StudT/batch", 200, "{\"affected\":1}");
        String filter = "{\"Stud_id\":7,\"Stud_marks\":{\"$lt\":100}}";

        Run run = router.run("update", "StudT", filter, "{\"$inc\":{\"Stud_marks\":1},\"$set\":{\"Stud_name\":\"x\"}}");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(0);
        assertThat(router.only().body())
                .isEqualTo("{\"operations\":[{\"update\":{\"Stud_id\":7,\"Stud_name\":\"x\"},"
                        + "\"set\":{\"Stud_marks\":{\"add\":1}},\"if\":{\"columns\":{\"Stud_marks\":{\"<\":100}}}}]}");
    }

    @Test
    void whatRowsCannotDoIsRefusedByNameAndNothingIsAsked() {
        assertRefused("filter.$or", "find", "StudT", "{\"$or\":[{}]}");
        assertRefused("filter.Stud_name.$regex", "find", "StudT", "{\"Stud_name\":{\"$regex\":\"a\"}}");
        assertRefused("filter.a.b: a path", "find", "StudT", "{\"a.b\":1}");
        assertRefused("must be a number", "find", "StudT", "{\"Stud_marks\":{\"$gt\":\"many\"}}");
        assertRefused("sort.nothing", "find", "StudT", "--sort", "nothing");
        assertRefused("projection.nothing", "find", "StudT", "--project", "nothing");
        assertRefused("update.$push", "update", "StudT", "{\"Stud_id\":1}", "{\"$push\":{\"a\":1}}");
        assertRefused("whole key", "update", "StudT", "{\"Stud_name\":\"a\"}", "{\"$set\":{\"Stud_marks\":1}}");
        assertThat(router.run("aggregate", "StudT", "[]").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(router.asked()).isEmpty();
    }

    private void assertRefused(String why, String... words) {
        Run run = router.run(words);
        assertThat(run.exitCode()).as(String.join(" ", words)).isEqualTo(ExitCode.DATA);
        assertThat(run.err()).contains(why);
    }

    @Test
    void aFilterPushesTheRangeDownAndDecidesTheRest() {
        router.answer("GET /v1/tables/StudT/rows?limit=1000&from=4095", 200, RANGE);

        Run run = router.run("find", "StudT", "{\"Stud_id\":{\"$gt\":4094.5},\"Stud_marks\":{\"$gt\":90}}");

        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).hasSize(2).first().asString().contains("4095");
        Run explained = router.run("find", "StudT", "{\"Stud_id\":{\"$gte\":1},\"Stud_marks\":90}", "--explain");
        assertThat(explained.out()).contains("router: the rows of a range of keys: Stud_id $gte 1");
        assertThat(explained.out()).contains("here, row by row: Stud_marks $eq 90");
    }

    @Test
    void sortsSkipsAndLimits() {
        router.answer("GET /v1/tables/StudT/rows?limit=1000&columns=Stud_id%2CStud_marks", 200, RANGE);
        String[] words = {"find", "StudT", "--sort=-Stud_marks", "--skip", "1", "--limit", "2", "-o", "csv"};

        Run run = router.run(withProject(words));

        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).containsExactly("Stud_id,Stud_marks", "4095,91", "4099,12");
    }

    private static String[] withProject(String... words) {
        String[] all = java.util.Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--project";
        all[words.length + 1] = "Stud_id,Stud_marks";
        return all;
    }

    @Test
    void countsAndTellsDifferentValues() {
        router.answer("GET /v1/tables/StudT/rows?limit=1000&columns=Stud_id%2CStud_marks", 200, RANGE);
        router.answer("GET /v1/tables/StudT/rows?limit=1000&columns=Stud_name", 200, RANGE);

        assertThat(router.run("count", "StudT", "{\"Stud_marks\":null}").out()).isEqualTo("{\"count\":1}\n");
        assertThat(router.run("distinct", "StudT", "Stud_name").out().lines())
                .containsExactly("\"a\"", "\"b\"", "\"c\"", "\"d\"");
    }
}
