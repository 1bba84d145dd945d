package io.shardeddb.cli;

import io.shardeddb.cli.exit.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * One run of the command line in this process.
 *
 * @param exitCode see {@link ExitCode}
 * @param out what it printed
 * @param err what it complained of
 */
public record Run(int exitCode, String out, String err) {

    /** Runs a command as {@code sdb} would. */
    public static Run of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode = line.execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
