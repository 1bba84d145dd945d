package io.shardeddb.cli.cluster;

import io.shardeddb.cli.CommandFailure;
import io.shardeddb.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which cluster and which database a command means. */
public final class ClusterOptions {

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Folder of the local cluster. Default: environment SDB_HOME, else .sdb in the repository.")
    @Nullable
    Path home;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Use the Kubernetes cluster that this file names, in place of the local one.")
    @Nullable
    Path kubeconfig;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            defaultValue = "default",
            description = "Namespace of the database. Default: ${DEFAULT-VALUE}.")
    String namespace = "default";

    /** The local cluster's home, whether it exists or not. */
    public Home home() {
        if (home != null) {
            return new Home(home.toAbsolutePath().normalize());
        }
        String environment = System.getenv("SDB_HOME");
        return environment == null || environment.isBlank()
                ? Repository.find().defaultHome()
                : new Home(Path.of(environment).toAbsolutePath().normalize());
    }

    public String namespace() {
        return namespace;
    }

    /** True when the command goes to a cluster that this program does not run. */
    public boolean external() {
        return kubeconfig != null;
    }

    /**
     * Connects.
     *
     * @throws CommandFailure when no cluster runs here
     */
    public Cluster connect() {
        if (kubeconfig != null) {
            if (!Files.isReadable(kubeconfig)) {
                throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + kubeconfig);
            }
            return Cluster.connect(kubeconfig, namespace);
        }
        Home local = home();
        if (!Files.isReadable(local.kubeconfig()) || !LocalProcesses.of(local).daemonRuns()) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "no local cluster runs in " + local.path() + "; start one with: sdb up examples/students.yaml");
        }
        return Cluster.connect(local.kubeconfig(), namespace);
    }
}
