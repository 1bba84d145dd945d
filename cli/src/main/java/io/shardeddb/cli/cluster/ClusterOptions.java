package io.shardeddb.cli.cluster;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.profile.Profile;
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
            description = "Use the Kubernetes cluster that this file leads to, in place of the local one.")
    @Nullable
    Path kubeconfig;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = {
                "Use the Kubernetes cluster of this context, in place of the local one; '.' is the current context.",
                "It is looked for in --kubeconfig, else in the files of KUBECONFIG, else in ~/.kube/config."
            })
    @Nullable
    String context;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Namespace of the database. Default: that of the context; default in the local cluster.")
    @Nullable
    String namespace;

    /** Takes over which cluster a profile names, unless the command line names one. */
    void assume(Profile profile) {
        if (home == null && !external()) {
            home = path(profile.home());
            kubeconfig = path(profile.kubeconfig());
            context = profile.context();
        }
        namespace = namespace == null ? profile.namespace() : namespace;
    }

    private static @Nullable Path path(@Nullable String name) {
        return name == null ? null : Path.of(name);
    }

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

    /** The namespace for objects that name none. */
    public String namespace() {
        if (namespace != null) {
            return namespace;
        }
        return external() ? external(kubeconfig, context).namespace() : "default";
    }

    /** True when the command goes to a cluster that this program does not run. */
    public boolean external() {
        return kubeconfig != null || context != null;
    }

    /**
     * Connects.
     *
     * @throws CommandFailure when no cluster runs here
     */
    public Cluster connect() {
        if (external()) {
            return Cluster.connect(external(kubeconfig, context), namespace);
        }
        Home local = home();
        if (!Files.isReadable(local.kubeconfig()) || !LocalProcesses.of(local).daemonRuns()) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "no local cluster runs in " + local.path() + "; start one with: sdb up examples/students.yaml");
        }
        return Cluster.local(local, namespace());
    }

    private static Kubeconfig external(@Nullable Path file, @Nullable String context) {
        @Nullable String wanted = ".".equals(context) ? null : context;
        return file != null ? Kubeconfig.of(file, wanted) : Kubeconfig.find(wanted, System.getenv("KUBECONFIG"));
    }
}
