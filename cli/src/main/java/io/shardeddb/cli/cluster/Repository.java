package io.shardeddb.cli.cluster;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of this program's own files: the built modules and the examples. */
public record Repository(Path root) {

    /** System property through which the {@code sdb} script says where it stands. */
    public static final String PROPERTY = "sdb.root";

    /**
     * Finds it by the script's property, else upwards from the working directory.
     *
     * @throws CommandFailure when there is none
     */
    public static Repository find() {
        String given = System.getProperty(PROPERTY);
        Path folder = Path.of(given == null ? "" : given).toAbsolutePath().normalize();
        for (Path candidate = folder; candidate != null; candidate = candidate.getParent()) {
            if (Files.isRegularFile(candidate.resolve("sdb")) && Files.isDirectory(candidate.resolve("shard-server"))) {
                return new Repository(candidate);
            }
        }
        throw new CommandFailure(
                ExitCode.UNAVAILABLE, "cannot find the repository's folder from " + folder + "; start through ./sdb");
    }

    /** The cluster's home when no option or environment variable names one. */
    public Home defaultHome() {
        return new Home(root.resolve(".sdb"));
    }

    /** The demo's own home, so that it never touches what {@code sdb up} runs. */
    public Home demoHome() {
        return new Home(root.resolve(".sdb-demo"));
    }

    /** The home of {@code sdb verify}, which has a cluster of its own too. */
    public Home verifyHome() {
        return new Home(root.resolve(".sdb-verify"));
    }

    /** What all local clusters of this build share: unpacked programs, templates of data directories. */
    public Path tools() {
        return root.resolve("target").resolve("sdb").resolve("tools");
    }

    /** What lets the Java programs of this build start sooner; see {@code AotCaches}. */
    public Path caches() {
        return root.resolve("target").resolve("sdb").resolve("caches");
    }

    /** One of the files in {@code examples/}. */
    public Path example(String name) {
        return root.resolve("examples").resolve(name);
    }
}
