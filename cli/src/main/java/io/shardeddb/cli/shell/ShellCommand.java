package io.shardeddb.cli.shell;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.TableOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sdb shell}. */
@Command(
        name = "shell",
        mixinStandardHelpOptions = true,
        description = "Runs commands one after the other, with completion, history and paging.",
        footer = {
            "",
            "Examples:",
            "  sdb shell -d documents",
            "  sdb shell --endpoint http://127.0.0.1:5000",
            "  sdb shell < statements.txt                  without a terminal: a script",
            "",
            "The commands are those of sdb, without sdb in front; JSON needs no quotes around it. In the shell, \\?",
            "tells what else there is. A script ends at the first command that fails, with its exit code."
        })
public final class ShellCommand implements Callable<Integer> {

    @Option(names = "--force", description = "In a script: go on after a command that fails.")
    boolean force;

    @Option(
            names = "--history",
            paramLabel = "FILE",
            description = "File of what was typed. Default: sdb/history in the folder of the user's state.")
    @Nullable
    Path history;

    @Mixin
    TableOptions options = new TableOptions();

    @Mixin
    Terminal terminal = new Terminal();

    @Spec
    @Nullable
    CommandSpec spec;

    private final Supplier<CommandLine> commands;

    /** @param commands makes a new root command each time */
    public ShellCommand(Supplier<CommandLine> commands) {
        this.commands = commands;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (RouterClient router = options.connect()) {
            Connection connection = Connection.of(Objects.requireNonNull(spec)).with("--endpoint", router.address());
            Session session = new Session(commands, connection);
            return terminal.interactive() ? interactive(session, router) : script(session);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot go on reading: " + e.getMessage(), e);
        }
    }

    private int interactive(Session session, RouterClient router) throws IOException {
        Names names = new Names(router);
        // Keys are read from the terminal itself; a command that reads its input would wait for ever.
        System.setIn(InputStream.nullInputStream());
        try (org.jline.terminal.Terminal screen =
                TerminalBuilder.builder().system(true).name("sdb").build()) {
            screen.writer().println("Connected to " + router.address() + ". \\? explains, \\q leaves.");
            new LineEditor(screen, session, names::now, historyFile()).run("sdb> ", names::changed);
        }
        return ExitCode.OK;
    }

    /** Runs what is in the input. A command that reads its input finds nothing there, and not the script. */
    private int script(Session session) throws IOException {
        int worst = ExitCode.OK;
        // Not closed: the input is the process's own.
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.setIn(InputStream.nullInputStream());
        StringBuilder text = new StringBuilder();
        for (@Nullable String line = lines.readLine(); line != null && !session.over(); line = lines.readLine()) {
            text.append(text.isEmpty() ? "" : "\n").append(line);
            Statement statement = Statement.of(text.toString());
            if (statement.whole()) {
                text.setLength(0);
                int exit = session.run(statement.words(), terminal.out(), terminal.err());
                worst = worst == ExitCode.OK ? exit : worst;
                if (exit != ExitCode.OK && !force) {
                    return exit;
                }
            }
        }
        @Nullable String open = Statement.of(text.toString()).open();
        if (open != null) {
            throw new CommandFailure(ExitCode.DATA, "the input ends, but " + open + " is open");
        }
        return worst;
    }

    private Path historyFile() throws IOException {
        Path file = history != null ? history : History.file(System.getenv(), System.getProperty("user.home"));
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (!Files.exists(file)) {
            // What is typed may hold data that is nobody else's business.
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return file;
    }

    /** Where what was typed is kept. */
    static final class History {

        private History() {}

        /** SDB_HISTORY, else {@code sdb/history} in the folder of the user's state. */
        static Path file(Map<String, String> environment, String userHome) {
            @Nullable String named = environment.get("SDB_HISTORY");
            if (named != null && !named.isBlank()) {
                return Path.of(named);
            }
            @Nullable String folder = environment.get("XDG_STATE_HOME");
            Path state = folder == null || folder.isBlank() ? Path.of(userHome, ".local", "state") : Path.of(folder);
            return state.resolve("sdb").resolve("history");
        }
    }
}
