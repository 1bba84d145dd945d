package io.shardeddb.cli.shell;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Runs the statements of one shell, and knows what was set in it. Not thread-safe. */
final class Session {

    /** Commands that make no sense inside. */
    private static final Set<String> REFUSED = Set.of("shell", "completion");

    private static final String HELP = """
            Commands are those of sdb, without sdb in front: find people {"born":{"$lt":1900}} --limit 5
            JSON needs no quotes around it. An open brace, bracket or quote goes on in the next line.
              help, COMMAND --help   what commands there are, and what one does
              \\output FORMAT         show records as table, json, yaml or csv
              \\timing on|off         tell how long each command took
              \\pager on|off          stop after each screen of output
              \\q, exit, Ctrl-D       leave
            Tab completes names and operators. Ctrl-C ends the running command, or clears the line.
            """;

    private final Supplier<CommandLine> commands;
    private final Connection connection;
    private boolean timing;
    private boolean paging = true;
    private @Nullable String format;
    private boolean over;
    private @Nullable CommandSpec described;

    /**
     * Begins.
     *
     * @param commands makes a new root command each time, because a command keeps what it was given
     */
    Session(Supplier<CommandLine> commands, Connection connection) {
        this.commands = commands;
        this.connection = connection;
    }

    /** Whether somebody asked to leave. */
    boolean over() {
        return over;
    }

    /** Whether output stops after each screen. */
    boolean paging() {
        return paging;
    }

    /** The commands' descriptions, for completion. */
    CommandSpec commands() {
        @Nullable CommandSpec known = described;
        if (known == null) {
            known = commands.get().getCommandSpec();
            described = known;
        }
        return known;
    }

    /** Runs the words of one statement; the answer is their {@link ExitCode}. */
    int run(List<String> words, PrintWriter out, PrintWriter err) {
        if (words.isEmpty()) {
            return ExitCode.OK;
        }
        try {
            String first = words.getFirst();
            if (first.startsWith("\\")) {
                own(first, words.subList(1, words.size()), out);
                return ExitCode.OK;
            }
            if (first.equals("exit") || first.equals("quit")) {
                over = true;
                return ExitCode.OK;
            }
            if (REFUSED.contains(first)) {
                throw new CommandFailure(ExitCode.USAGE, first + " is for your own shell, not for this one");
            }
            return command(words.getFirst().equals("sdb") ? words.subList(1, words.size()) : words, out, err);
        } catch (CommandFailure e) {
            err.println("sdb: " + e.getMessage());
            err.flush();
            return e.exitCode();
        }
    }

    private int command(List<String> words, PrintWriter out, PrintWriter err) {
        CommandLine line = commands.get().setOut(out).setErr(err);
        List<String> all = shown(connection.completed(words, line.getCommandSpec()), line.getCommandSpec());
        long start = System.nanoTime();
        int exit = line.execute(all.toArray(String[]::new));
        if (timing) {
            err.println(String.format(Locale.ROOT, "Time: %.3f s", (System.nanoTime() - start) / 1e9));
            err.flush();
        }
        return exit;
    }

    /** The words with the format that was set, if the command shows records and names none itself. */
    private List<String> shown(List<String> words, CommandSpec root) {
        CommandPath path = CommandPath.of(words, root);
        CommandSpec command = path.command();
        boolean shows = command.findOption("-o") != null && command.findOption("--output") != null;
        boolean chosen = words.stream().anyMatch(word -> word.equals("-o") || word.split("=", 2)[0].equals("--output"));
        if (format == null || !shows || chosen) {
            return words;
        }
        List<String> all = new ArrayList<>(words);
        all.add(path.length(), "--output=" + format);
        return all;
    }

    private void own(String name, List<String> words, PrintWriter out) {
        switch (name) {
            case "\\q" -> over = true;
            case "\\?" -> out.print(HELP);
            case "\\timing" -> {
                timing = flag(words, !timing);
                out.println("timing is " + (timing ? "on" : "off"));
            }
            case "\\pager" -> {
                paging = flag(words, !paging);
                out.println("the pager is " + (paging ? "on" : "off"));
            }
            case "\\output" -> {
                if (words.size() != 1
                        || !List.of("table", "json", "yaml", "csv").contains(words.getFirst())) {
                    throw new CommandFailure(ExitCode.USAGE, "\\output takes one of table, json, yaml and csv");
                }
                format = words.getFirst();
                out.println("records are shown as " + format);
            }
            default -> throw new CommandFailure(ExitCode.USAGE, "there is no " + name + "; \\? tells what there is");
        }
        out.flush();
    }

    private static boolean flag(List<String> words, boolean otherwise) {
        if (words.isEmpty()) {
            return otherwise;
        }
        return switch (words.getFirst()) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new CommandFailure(ExitCode.USAGE, "expected on or off, not " + words.getFirst());
        };
    }
}
