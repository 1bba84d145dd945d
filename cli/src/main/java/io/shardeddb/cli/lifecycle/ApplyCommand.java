package io.shardeddb.cli.lifecycle;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.shardeddb.cli.ExitCode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.cluster.Manifests;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sdb apply}. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Makes or changes objects from YAML or JSON files, as kubectl apply --server-side does.",
        footer = {
            "",
            "Examples:",
            "  sdb apply -f examples/hash.yaml",
            "",
            "Every file is checked as a whole first: a mistyped field or a broken rule is named, and nothing changes."
        })
public final class ApplyCommand implements Callable<Integer> {

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            required = true,
            arity = "1..*",
            description = "The files.")
    List<Path> files = List.of();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        List<HasMetadata> objects = new ArrayList<>();
        files.forEach(file -> objects.addAll(Manifests.read(file, cluster.namespace())));
        try (Cluster connected = cluster.connect()) {
            for (HasMetadata object : objects) {
                connected.apply(object);
                out.println(object.getKind() + " " + object.getMetadata().getName() + " applied");
                out.flush();
            }
        }
        return ExitCode.OK;
    }
}
