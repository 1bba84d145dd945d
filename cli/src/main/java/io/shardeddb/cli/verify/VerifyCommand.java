package io.shardeddb.cli.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.lifecycle.LocalDaemon;
import io.shardeddb.cli.lifecycle.Readiness;
import io.shardeddb.cli.lifecycle.UpCommand;
import io.shardeddb.cli.output.OutputFormat;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.proof.Timeline;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.verify.workload.WorkloadKind;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.local.LocalCluster;
import io.shardeddb.local.node.Compilers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sdb verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Runs workloads against a database, breaks it meanwhile, and judges what the clients saw: whether anything",
            "acknowledged is missing, done twice or in halves, and whether rows can be explained by one order of the",
            "requests. docs/consistency.md says what is promised."
        },
        footer = {
            "",
            "Workloads:",
            "  bank     money moves between accounts of several shards; the balances are exact in the end",
            "  append   numbers are appended to one or several lists, which show in which order writes happened",
            "  seats    seats are booked and given back over two tables; none too many, and each with its row",
            "  rows     single rows are written, removed and read as if one request came after the other",
            "",
            "Faults: kill, stop, wipe, isolate, move, or none. One at a time; the next one comes when all copies are",
            "healthy again.",
            "",
            "Examples:",
            "  sdb verify                                  a minute, on a local cluster of its own (.sdb-verify)",
            "  sdb verify --seconds 1800 --output json",
            "  sdb verify --workloads append,rows --faults kill,wipe",
            "  sdb verify --endpoint http://10.0.0.7:5000  without faults; the database needs the tables of",
            "                                              examples/verify.yaml",
            "",
            "Exit code 0 when there is no anomaly, 1 with the smallest history that shows one."
        })
public final class VerifyCommand implements Callable<Integer> {

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration COMPARE_TIMEOUT = Duration.ofMinutes(1);
    private static final int ANOMALIES_SHOWN = 5;
    private static final int LINES_SHOWN = 40;

    @Option(
            names = "--workloads",
            paramLabel = "NAMES",
            split = ",",
            description = "Which workloads run, side by side. Default: ${DEFAULT-VALUE}.")
    List<String> workloads = List.of("bank", "append", "seats", "rows");

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            description = "How long, 1 to 86400; the end takes some seconds more. Default: ${DEFAULT-VALUE}.")
    int seconds = 60;

    @Option(
            names = "--faults",
            paramLabel = "NAMES",
            split = ",",
            description = "What is broken meanwhile. Default: all; with --endpoint none.")
    @Nullable
    List<String> faults;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Router of a database that is there already. Its rows in tables verify_... are changed.")
    @Nullable
    String endpoint;

    @Option(names = "--seed", paramLabel = "NUMBER", description = "Chooses faults and requests. Default: by chance.")
    @Nullable
    Long seed;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Folder of the cluster. Default: .sdb-verify in the repository.")
    @Nullable
    Path home;

    @Option(names = "--output", paramLabel = "FORMAT", description = "text or json. Default: text.")
    OutputFormat output = OutputFormat.TEXT;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (seconds < 1 || seconds > 86_400) {
            throw new CommandFailure(ExitCode.USAGE, "--seconds is 1 to 86400, not " + seconds);
        }
        List<WorkloadKind> kinds = WorkloadKind.of(workloads);
        List<String> words = faults == null
                ? endpoint == null ? List.of("kill", "stop", "wipe", "isolate", "move") : List.of("none")
                : faults;
        List<FaultKind> broken = FaultKind.of(words);
        if (endpoint != null && !broken.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "with --endpoint nothing can be broken: leave --faults out, or give --faults none");
        }
        PrintWriter said = output == OutputFormat.TEXT ? terminal.out() : new PrintWriter(Writer.nullWriter());
        Timeline timeline = new Timeline(said, System.nanoTime());
        long chosen = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed;
        timeline.heading("Seed " + chosen);
        List<WorkloadResult> results = endpoint == null
                ? onOwnCluster(kinds, broken, chosen, timeline)
                : against(endpoint, kinds, chosen, timeline);
        return tell(results);
    }

    private List<WorkloadResult> against(String url, List<WorkloadKind> kinds, long chosen, Timeline timeline)
            throws InterruptedException {
        try (RouterClient router = new RouterClient(url);
                Verification verification = new Verification(router, chosen, timeline::say)) {
            verification.start(kinds);
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            while (goesOn(verification, end)) {
                Thread.sleep(200);
            }
            return ended(verification, timeline);
        }
    }

    private static boolean goesOn(Verification verification, long end) {
        Throwable failure = verification.failure();
        if (failure != null) {
            throw new CommandFailure(ExitCode.SOFTWARE, "a client ended: " + failure, failure);
        }
        return System.nanoTime() < end;
    }

    private static List<WorkloadResult> ended(Verification verification, Timeline timeline)
            throws InterruptedException {
        verification.stop();
        timeline.say("clients have stopped; what they saw and was not judged yet is judged");
        return verification.judge();
    }

    private List<WorkloadResult> onOwnCluster(
            List<WorkloadKind> kinds, List<FaultKind> broken, long chosen, Timeline timeline)
            throws InterruptedException, IOException {
        Repository repository = Repository.find();
        Home place = home == null
                ? repository.verifyHome()
                : new Home(home.toAbsolutePath().normalize());
        if (LocalProcesses.of(place).daemonRuns()) {
            throw new CommandFailure(
                    ExitCode.TEMPORARY,
                    "a cluster runs in " + place.path() + "; stop it with: sdb down --home " + place.path());
        }
        LocalCluster.deleteData(place.path());
        LocalDaemon daemon = new LocalDaemon(place, repository, false, Compilers.FIRST, null);
        Thread onInterrupt = new Thread(() -> stopped(daemon), "stop-verify");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            UpCommand.start(daemon, place, true, new PrintWriter(Writer.nullWriter()));
            try (Cluster cluster = Cluster.local(place, "default")) {
                List<ObjectNode> objects = Manifests.read(repository.example("verify.yaml"), "default");
                objects.forEach(object -> cluster.apply(object, Api.Applying.FORCE));
                String name = objects.getFirst().path("metadata").path("name").asText();
                ShardedDatabase database = Readiness.await(cluster, name, READY_TIMEOUT, line -> {});
                timeline.say("examples/verify.yaml is ready at " + TableOptions.endpoint(database));
                return broken(cluster, database, kinds, broken, chosen, timeline, place);
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
            daemon.stop();
        }
    }

    private static void stopped(LocalDaemon daemon) {
        try {
            daemon.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<WorkloadResult> broken(
            Cluster cluster,
            ShardedDatabase database,
            List<WorkloadKind> kinds,
            List<FaultKind> broken,
            long chosen,
            Timeline timeline,
            Home place)
            throws InterruptedException {
        try (RouterClient router = new RouterClient(TableOptions.endpoint(database));
                Verification verification = new Verification(router, chosen, timeline::say)) {
            verification.start(kinds);
            timeline.say(kinds.size() + " workloads run");
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            BooleanSupplier timeLeft = () -> goesOn(verification, end);
            if (broken.isEmpty()) {
                while (timeLeft.getAsBoolean()) {
                    Thread.sleep(200);
                }
            } else {
                Faults faults = new Faults(LocalProcesses.of(place));
                FaultLoop loop = new FaultLoop(cluster, database, faults, timeline, new Random(chosen));
                timeline.say(loop.run(broken, timeLeft) + " faults");
            }
            List<WorkloadResult> results = ended(verification, timeline);
            compareCopies(cluster, database, timeline);
            return results;
        }
    }

    /** @throws CommandFailure when copies of a shard differ */
    private static void compareCopies(Cluster cluster, ShardedDatabase database, Timeline timeline)
            throws InterruptedException {
        String name = database.getMetadata().getName();
        int copies = database.getSpec().replication().replicas();
        try (Servers servers = Servers.of(cluster, name)) {
            for (Shard shard : cluster.shards(name)) {
                Servers.ShardChecksums sums = servers.checksums(shard, COMPARE_TIMEOUT);
                if (!sums.equalOn(copies)) {
                    throw new CommandFailure(
                            ExitCode.NEGATIVE,
                            "the copies of " + shard.getSpec().name() + " differ: "
                                    + String.join("; ", sums.problems()));
                }
            }
        }
        timeline.say("all copies of each shard have equal checksums");
    }

    private int tell(List<WorkloadResult> results) {
        PrintWriter out = terminal.out();
        boolean met = results.stream().allMatch(WorkloadResult::met);
        if (output == OutputFormat.JSON) {
            ArrayNode all = Json.MAPPER.createArrayNode();
            results.forEach(result -> all.add(result.json()));
            out.println(all.toPrettyString());
        } else {
            out.println();
            for (WorkloadResult result : results) {
                out.println(result.line());
                result.anomalies().stream().limit(ANOMALIES_SHOWN).forEach(anomaly -> {
                    out.println("  broken: " + anomaly.rule());
                    anomaly.history().stream().limit(LINES_SHOWN).forEach(line -> out.println("    " + line));
                });
            }
        }
        out.flush();
        return met ? ExitCode.OK : ExitCode.NEGATIVE;
    }
}
