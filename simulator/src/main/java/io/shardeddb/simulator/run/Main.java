package io.shardeddb.simulator.run;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts {@code sdb simulate}, which runs as a process of its own. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the process with its exit code; see {@link SimulateCommand}. */
    public static void main(String[] arguments) {
        // A trace has many thousand lines: they leave together.
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
                false,
                StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(out, System.err, isTerminal(), System::nanoTime);
        System.exit(SimulateCommand.run(Simulators.ALL, terminal, List.of(arguments)));
    }

    /** Whether standard error is a terminal; false where the system does not say. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }
}
