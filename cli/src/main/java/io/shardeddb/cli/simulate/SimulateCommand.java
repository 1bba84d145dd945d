package io.shardeddb.cli.simulate;

import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.lifecycle.Images;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code sdb simulate}: starts the simulators' program with the same words, and ends as it ends. */
@Command(
        name = "simulate",
        description = {
            "Runs parts of the system under many seeds, with faults, and checks that no rule is broken.",
            "Its options: sdb simulate --help"
        },
        footer = {
            "",
            "Examples:",
            "  sdb simulate                                  about a minute",
            "  sdb simulate --seeds 100000                   seeds 0 to 99999, and all wrong variants",
            "  sdb simulate --simulator consensus --seed 17  one seed, with its trace"
        })
public final class SimulateCommand implements Callable<Integer> {

    private static final String MAIN = "io.shardeddb.simulator.run.Main";

    /** They are the program's: this one does not know them. */
    @Unmatched
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Process simulators = new ProcessBuilder(command(Repository.find(), words))
                .inheritIO()
                .start();
        // Anyone who ends the command by its process id ends the simulators with it.
        Thread onInterrupt = new Thread(simulators::destroy, "stop-simulators");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        return simulators.waitFor();
    }

    /**
     * Simulators compute for minutes and keep little: the compiler for long runs, and all processors for the garbage.
     */
    static List<String> command(Repository repository, List<String> words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                String.join(File.pathSeparator, Images.classPath(repository, "simulator")),
                MAIN));
        command.addAll(words);
        return command;
    }
}
