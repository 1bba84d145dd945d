package io.shardeddb.cli.lifecycle;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb logs}. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        description = "Shows what a pod's processes wrote.",
        footer = {
            "",
            "Examples:",
            "  sdb logs                              the pods that there are",
            "  sdb logs operator                     the operator",
            "  sdb logs students-server-0-0 --container mysqld",
            "  sdb logs cluster                      the local cluster itself",
            "",
            "A part of the name is enough where only one pod has it."
        })
public final class LogsCommand implements Callable<Integer> {

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Parameters(paramLabel = "POD", arity = "0..1", description = "The pod, or a part of its name; 'cluster'.")
    @Nullable
    String pod;

    @Option(
            names = {"-c", "--container"},
            paramLabel = "NAME",
            description = "The container. Default: the pod's server, router or operator.")
    @Nullable
    String container;

    @Option(names = "--tail", paramLabel = "LINES", description = "How many lines. Default: ${DEFAULT-VALUE}.")
    int tail = 100;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = terminal.out();
        @Nullable String wanted = pod;
        if (wanted != null && wanted.equals("cluster") && !cluster.external()) {
            Home home = cluster.home();
            print(home.path().resolve("cluster.log"), out);
            return ExitCode.OK;
        }
        try (Cluster connected = cluster.connect()) {
            List<Pod> pods = connected.pods();
            if (wanted == null) {
                pods.forEach(found -> out.println(found.getMetadata().getName() + "  "
                        + String.join(
                                " ",
                                found.getSpec().getContainers().stream()
                                        .map(each -> each.getName())
                                        .toList())));
                out.flush();
                return ExitCode.OK;
            }
            Pod found = choose(pods, wanted);
            List<String> names = found.getSpec().getContainers().stream()
                    .map(each -> each.getName())
                    .toList();
            String which = container != null ? container : names.getLast();
            if (!names.contains(which)) {
                throw new CommandFailure(ExitCode.USAGE, "there is no container " + which + "; there is " + names);
            }
            out.print(connected
                    .api()
                    .text(KnownKinds.POD.path(
                                    found.getMetadata().getNamespace(),
                                    found.getMetadata().getName())
                            + "/log?container=" + Api.encoded(which) + "&tailLines=" + tail));
            out.flush();
        }
        return ExitCode.OK;
    }

    private static Pod choose(List<Pod> pods, String wanted) {
        List<Pod> matching = pods.stream()
                .filter(found -> found.getMetadata().getName().contains(wanted))
                .toList();
        List<String> names =
                pods.stream().map(found -> found.getMetadata().getName()).toList();
        return matching.stream()
                .filter(found -> found.getMetadata().getName().equals(wanted))
                .findFirst()
                .or(() -> matching.size() == 1 ? matching.stream().findFirst() : java.util.Optional.empty())
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        (matching.isEmpty() ? "no pod is named like " : "several pods are named like ") + wanted
                                + "; there is " + names));
    }

    private void print(Path log, PrintWriter out) throws IOException {
        if (!Files.isReadable(log)) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "there is no log " + log);
        }
        ArrayDeque<String> last = new ArrayDeque<>();
        try (Stream<String> lines = Files.lines(log)) {
            lines.forEach(line -> {
                last.add(line);
                if (last.size() > tail) {
                    last.remove();
                }
            });
        }
        last.forEach(out::println);
        out.flush();
    }
}
