package io.shardeddb.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script that starts MySQL, run by bash with an entry point that does what the images' do in six steps of one file
 * each, and dies before the step that it is told. Every file names the run that wrote it.
 */
final class StartMysqldTest {

    private static final int STEPS = 6;

    private static final String ENTRY_POINT = """
            #!/bin/bash
            # As in the images: what has a folder mysql/ is taken for set up.
            set -e
            echo "$@" >"$ARGUMENTS"
            [ ! -d "$DATA/mysql" ] || exit 0
            step() { [ "$1" != "$DIE_BEFORE" ] || kill -9 "$BASHPID"; }
            step 1; mkdir "$DATA/mysql"
            step 2; echo "$RUN" >"$DATA/mysql/db.frm"
            step 3; echo "$RUN" >"$DATA/ibdata1"
            step 4; echo "$RUN" >"$DATA/.hidden"
            step 5; echo "$RUN" >"$DATA/mysql/password"
            step 6; echo "$RUN" >"$DATA/ib log"
            """;

    @TempDir
    Path folder;

    private Path data;
    private int runs;

    @BeforeEach
    void prepare() throws IOException {
        data = Files.createDirectories(folder.resolve("the data"));
        Path entryPoint = folder.resolve("bin").resolve("docker-entrypoint.sh");
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(entryPoint, ENTRY_POINT);
        assertThat(entryPoint.toFile().setExecutable(true)).isTrue();
    }

    private int start(int dieBefore) throws IOException, InterruptedException {
        runs++;
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", "-c", Scripts.START_MYSQLD, "start-mysqld", data.toString(), "--one=1", "--two= 2")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("DATA", data.toString());
        builder.environment().put("ARGUMENTS", folder.resolve("arguments").toString());
        builder.environment().put("RUN", Integer.toString(runs));
        builder.environment().put("DIE_BEFORE", Integer.toString(dieBefore));
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private Map<String, String> content() throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(data)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                content.put(
                        data.relativize(path).toString(), Files.readString(path).strip());
            }
        }
        return content;
    }

    private static Map<String, String> setUpBy(int run) {
        Map<String, String> content = new TreeMap<>();
        for (String file : List.of("mysql/db.frm", "ibdata1", ".hidden", "mysql/password", "ib log")) {
            content.put(file, Integer.toString(run));
        }
        return content;
    }

    @Test
    void aFirstStartSetsUpAndHandsTheArgumentsOn() throws Exception {
        assertThat(start(0)).isZero();

        assertThat(content()).isEqualTo(setUpBy(1));
        assertThat(folder.resolve("arguments")).hasContent("mysqld --one=1 --two= 2");
    }

    @Test
    void aSetUpThatIsKilledBeforeAnyOfItsStepsIsDoneAgainAsAWhole() throws Exception {
        for (int step = 1; step <= STEPS; step++) {
            assertThat(start(step)).isNotZero();

            assertThat(start(0)).isZero();
            assertThat(content()).as("killed before step %d", step).isEqualTo(setUpBy(runs));
        }
    }

    @Test
    void severalInterruptionsInARowAreMended() throws Exception {
        for (int step : new int[] {4, 2, 6, 1, 5, 3}) {
            start(step);
        }

        assertThat(start(0)).isZero();
        assertThat(content()).isEqualTo(setUpBy(runs));
    }

    /** What databases of earlier versions have too: the shard server has always made its schema at its first login. */
    @Test
    void aFolderWithTheShardServersSchemaIsNeverTouched() throws Exception {
        start(0);
        Files.createDirectories(data.resolve("shardeddb_server"));
        Files.writeString(data.resolve("shardeddb_server").resolve("volume.ibd"), "claimed");
        Map<String, String> before = content();

        assertThat(start(0)).isZero();

        assertThat(content()).isEqualTo(before);
    }

    @Test
    void aFolderWithACopyOfAShardIsNeverTouched() throws Exception {
        start(3);
        Files.createDirectories(data.resolve("s_0123456789abcdef0123456789abcdef"));
        Files.writeString(data.resolve("s_0123456789abcdef0123456789abcdef").resolve("rows.ibd"), "rows");
        Map<String, String> before = content();

        assertThat(start(0)).isZero();

        assertThat(content()).isEqualTo(before);
    }

    @Test
    void aFolderThatCannotBeListedIsNotTakenForOneWithoutTheMark() throws Exception {
        Files.delete(data);

        assertThat(start(0)).isNotZero();

        assertThat(folder.resolve("arguments")).doesNotExist();
    }

    /** Kubernetes replaces $(NAME) where NAME is a variable of the container, and makes one dollar of two. */
    @Test
    void kubernetesHasNothingToReplaceInTheScripts() {
        assertThat(List.of(Scripts.START_MYSQLD, Scripts.MYSQLD_HEALTH, Scripts.WAIT_UNTIL_READY))
                .noneMatch(script -> script.contains("$$") || script.contains("$("));
    }
}
