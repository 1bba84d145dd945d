package io.shardeddb.cli.output;

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

    /** For what a person should know besides, so that the answer stays alone in a pipe. */
    public PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }
}
