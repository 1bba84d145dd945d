package io.shardeddb.cli;

import io.shardeddb.cli.exit.ExitCode;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sdb completion}. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a script that completes commands and options in your shell.",
        footer = {
            "",
            "Examples:",
            "  source <(sdb completion bash)                     in this shell",
            "  sdb completion bash > ~/.local/share/bash-completion/completions/sdb",
            "  source <(sdb completion zsh)                      in zsh"
        })
final class CompletionCommand implements Callable<Integer> {

    /** Shells that are known. */
    enum Shell {
        BASH,
        ZSH
    }

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    Shell shell = Shell.BASH;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine root = Objects.requireNonNull(spec).root().commandLine();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (shell == Shell.ZSH) {
            // zsh runs bash's completion functions once it is asked to.
            out.println("autoload -U +X compinit && compinit");
            out.println("autoload -U +X bashcompinit && bashcompinit");
        }
        out.print(AutoComplete.bash("sdb", root));
        out.flush();
        return ExitCode.OK;
    }
}
