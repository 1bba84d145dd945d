package io.shardeddb.cli.output;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Where a command that mixes this in writes to. */
@Command
public final class Terminal {

    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec spec;

    /** For the answer. */
    public PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    /** Whether lines of {@link #err()} can be redrawn in place, because a person looks at them. */
    @SuppressWarnings(
            "SystemConsoleNull") // True of JDK 22 to 24: JDK 25 has none again where input or output are redirected.
    public boolean interactive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** For what a person should know besides, so that the answer stays alone in a pipe. */
    public PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }
}
