package io.shardeddb.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.FakeRouter;
import io.shardeddb.cli.Run;
import io.shardeddb.cli.exit.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Without a terminal: a script in the input. */
@Isolated("it sets the input of the process")
final class ShellCommandTest {

    private final InputStream before = System.in;
    private FakeRouter router;

    @BeforeEach
    void start() throws IOException {
        router = new FakeRouter();
        router.answer("GET /v1/tables/StudT/rows?key=1", 200, "{\"Stud_id\":1,\"Stud_name\":\"Ada\"}");
        router.answer("POST /v1/collections/people/count", 200, "{\"count\":7}");
    }

    @AfterEach
    void stop() {
        System.setIn(before);
        router.close();
    }

    private Run shell(String script, String... words) {
        System.setIn(new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)));
        String[] all = new String[words.length + 1];
        all[0] = "shell";
        System.arraycopy(words, 0, all, 1, words.length);
        return router.run(all);
    }

    @Test
    void runsTheCommandsOfAScriptOverTheShellsConnection() {
        Run run = shell("# first\nread StudT 1\ncount people {\n  \"a\": 1\n}\n\\output table\nread StudT 1\n");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(0);
        assertThat(run.out()).contains("{\"Stud_id\":1,\"Stud_name\":\"Ada\"}", "7");
        assertThat(router.asked()).hasSize(3);
        assertThat(router.asked().get(1).json().path("filter").path("a").asInt())
                .isEqualTo(1);
    }

    @Test
    void endsAtTheFirstCommandThatFailsUnlessForced() {
        String script = "read StudT 2\nread StudT 1\n";
        Run stopped = shell(script);
        assertThat(stopped.exitCode()).isNotEqualTo(0);
        assertThat(stopped.out()).isEmpty();
        Run forced = shell(script, "--force");
        assertThat(forced.exitCode()).isEqualTo(stopped.exitCode());
        assertThat(forced.out()).contains("Ada");
    }

    @Test
    void tellsTimesAndWhatIsWrong() {
        Run run = shell("\\timing on\nread StudT 1\n\\q\nread StudT 1\n");
        assertThat(run.exitCode()).isEqualTo(0);
        assertThat(run.err()).containsPattern("Time: [0-9.]+ s");
        assertThat(router.asked()).hasSize(1);
        assertThat(shell("count people {\"a\":\n").err()).contains("a brace { is open");
        assertThat(shell("\\nothing\n").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell("shell\n").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void theHistoryIsInTheFolderOfTheUsersState() {
        assertThat(ShellCommand.History.file(Map.of(), "/home/ada"))
                .isEqualTo(Path.of("/home/ada/.local/state/sdb/history"));
        assertThat(ShellCommand.History.file(Map.of("XDG_STATE_HOME", "/s"), "/home/ada"))
                .isEqualTo(Path.of("/s/sdb/history"));
        assertThat(ShellCommand.History.file(Map.of("SDB_HISTORY", "/h"), "/home/ada"))
                .isEqualTo(Path.of("/h"));
    }
}
