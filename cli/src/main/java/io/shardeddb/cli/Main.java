package io.shardeddb.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.shardeddb.cli.api.ApiRefused;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.shell.ShellCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Starts {@code sdb}. */
public final class Main {

    /** Held here, because a logger that nobody holds forgets its level. */
    private static final Logger NETTY = Logger.getLogger("io.grpc.netty.shaded");

    private Main() {}

    /** Runs one command and ends the process with its {@link ExitCode}. */
    public static void main(String[] arguments) {
        // No logger is on the class path, on purpose: what a person should know is printed.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        NETTY.setLevel(Level.WARNING);
        System.exit(run(arguments));
    }

    /** Runs one command; the answer is its {@link ExitCode}. */
    public static int run(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Sdb(), Main::made);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec().exitCodeOnInvalidInput(ExitCode.USAGE));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            PrintWriter err = command.getErr();
            err.println("sdb: " + message(failure));
            if (exitCode(failure) == ExitCode.SOFTWARE) {
                failure.printStackTrace(err);
            }
            err.flush();
            return exitCode(failure);
        });
        return line;
    }

    /** An object of a command's class. The shell gets the means to run all commands, its own included. */
    private static <T> T made(Class<T> type) throws Exception {
        return type == ShellCommand.class
                ? type.cast(new ShellCommand(Main::commandLine))
                : CommandLine.defaultFactory().create(type);
    }

    private static int exitCode(Throwable failure) {
        return switch (failure) {
            case CommandFailure known -> known.exitCode();
            case ApiRefused none when none.notFound() -> ExitCode.NEGATIVE;
            case ApiRefused refused when refused.status() < 500 -> ExitCode.DATA;
            case ApiRefused failed -> ExitCode.UNAVAILABLE;
            case KubernetesClientException refused
            when refused.getCode() >= 400 && refused.getCode() < 500 -> ExitCode.DATA;
            case KubernetesClientException unreachable -> ExitCode.UNAVAILABLE;
            case UncheckedIOException disk -> ExitCode.CANNOT_CREATE;
            case IOException disk -> ExitCode.CANNOT_CREATE;
            case InterruptedException stopped -> ExitCode.INTERRUPTED;
            default -> ExitCode.SOFTWARE;
        };
    }

    private static String message(Throwable failure) {
        if (failure instanceof InterruptedException) {
            return "interrupted";
        }
        if (failure instanceof KubernetesClientException refused
                && refused.getStatus() != null
                && refused.getStatus().getMessage() != null) {
            return refused.getStatus().getMessage();
        }
        @Nullable Throwable cause = failure.getCause();
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return cause == null || cause.getMessage() == null || message.contains(cause.getMessage())
                ? message
                : message + ": " + cause.getMessage();
    }
}
