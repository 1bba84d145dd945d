package io.shardeddb.cli.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.lifecycle.LocalDaemon;
import io.shardeddb.cli.lifecycle.Readiness;
import io.shardeddb.cli.lifecycle.UpCommand;
import io.shardeddb.cli.load.CsvLoad;
import io.shardeddb.cli.load.CsvReader;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.proof.Expected;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.proof.Timeline;
import io.shardeddb.cli.proof.WriteLoad;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.rows.TablesInForce;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.local.LocalCluster;
import io.shardeddb.local.node.Compilers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sdb demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a sharded, replicated database on this machine, loads 10,000 rows, and writes continuously while the",
            "leader of a shard is killed and another server loses its disk. Then compares: every acknowledged row must be",
            "there, and all copies of each shard must have equal checksums."
        },
        footer = {
            "",
            "Examples:",
            "  sdb demo             about a minute; leaves nothing running",
            "  sdb demo --keep      leaves the database running to play with",
            "",
            "Exit code 0 when nothing is missing and nothing differs, 1 otherwise, with what differs.",
            "The demo has a folder of its own (.sdb-demo) and does not touch what sdb up runs."
        })
public final class DemoCommand implements Callable<Integer> {

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration LOAD_PATIENCE = Duration.ofMinutes(1);
    private static final long CALM_MILLIS = 3_000;
    private static final int DIFFERENCES_SHOWN = 20;

    @Option(names = "--keep", description = "Leave the database running at the end.")
    boolean keep;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Folder of the demo. Default: .sdb-demo in the repository.")
    @Nullable
    Path home;

    @Option(
            names = "--mysql-home",
            paramLabel = "FOLDER",
            description = "Run it on the database server in this folder, as sdb up does. Default: MariaDB 11.4.")
    @Nullable
    Path mysqlHome;

    @Mixin
    Terminal terminal = new Terminal();

    private final AtomicBoolean stopped = new AtomicBoolean();

    @Override
    public Integer call() throws InterruptedException, IOException {
        long start = System.nanoTime();
        PrintWriter out = terminal.out();
        Repository repository = Repository.find();
        Home place = home == null
                ? repository.demoHome()
                : new Home(home.toAbsolutePath().normalize());
        if (LocalProcesses.of(place).daemonRuns()) {
            throw new CommandFailure(
                    ExitCode.TEMPORARY,
                    "a demo runs in " + place.path() + "; stop it with: sdb down --home " + place.path());
        }
        LocalCluster.deleteData(place.path());
        // People wait for it, and time it: nothing is recorded that makes later starts faster.
        LocalDaemon daemon = new LocalDaemon(place, repository, false, Compilers.FIRST, mysqlHome);
        Timeline timeline = new Timeline(out, start);
        Thread onInterrupt = new Thread(() -> stopOnInterrupt(daemon, out), "stop-demo");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            boolean same = run(daemon, place, repository, timeline);
            timeline.heading(
                    same
                            ? "Nothing acknowledged is missing, and all copies agree. Total "
                                    + Timeline.seconds(start, System.nanoTime())
                            : "The comparison found differences; see above.");
            return same ? ExitCode.OK : ExitCode.NEGATIVE;
        } finally {
            stopped.set(true);
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
            if (keep) {
                out.println("It runs on: sdb status --home " + place.path() + "; stop it with: sdb down --home "
                        + place.path() + " --delete-data");
            } else {
                daemon.stop();
            }
            out.flush();
        }
    }

    private void stopOnInterrupt(LocalDaemon daemon, PrintWriter out) {
        if (stopped.compareAndSet(false, true)) {
            out.println("\ninterrupted; stopping every process");
            out.flush();
            try {
                daemon.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean run(LocalDaemon daemon, Home place, Repository repository, Timeline timeline)
            throws InterruptedException, IOException {
        timeline.heading("Start");
        UpCommand.start(daemon, place, false, new PrintWriter(Writer.nullWriter()));
        timeline.say("local cluster and operator started in " + place.path());
        try (Cluster cluster = Cluster.local(place, "default")) {
            List<ObjectNode> objects = Manifests.read(repository.example("students.yaml"), "default");
            objects.forEach(object -> cluster.apply(object, Api.Applying.FORCE));
            String name = objects.getFirst().path("metadata").path("name").asText();
            timeline.say("examples/students.yaml applied");
            ShardedDatabase database = Readiness.await(cluster, name, READY_TIMEOUT, line -> timeline.say("  " + line));
            timeline.say("database " + name + " is ready at " + TableOptions.endpoint(database));
            Expected expected = new Expected();
            try (RouterClient router = new RouterClient(TableOptions.endpoint(database))) {
                load(repository.example("students.csv"), router, expected, timeline);
                Story story =
                        new Story(cluster, database, router, new Faults(LocalProcesses.of(place)), timeline, expected);
                story.readAcrossShards();
                return breakAndCompare(story, timeline);
            }
        }
    }

    private static boolean breakAndCompare(Story story, Timeline timeline) throws InterruptedException {
        List<String> refusals;
        try (WriteLoad writing = story.startWriting()) {
            Thread.sleep(CALM_MILLIS);
            timeline.say(writing.writes() + " writes acknowledged in " + CALM_MILLIS / 1_000 + " s");
            String killed = story.killLeader(writing);
            Thread.sleep(CALM_MILLIS);
            story.wipeDisk(writing, killed);
            Thread.sleep(CALM_MILLIS / 3);
            writing.stop();
            refusals = writing.refusals();
            timeline.heading("Compare");
            timeline.say("writing stopped after " + writing.writes() + " acknowledged writes");
        }
        List<String> differences = story.compare();
        refusals.forEach(refusal -> timeline.say("REFUSED " + refusal));
        differences.stream().limit(DIFFERENCES_SHOWN).forEach(line -> timeline.say("DIFFERS " + line));
        if (differences.size() > DIFFERENCES_SHOWN) {
            timeline.say("and " + (differences.size() - DIFFERENCES_SHOWN) + " more");
        }
        return refusals.isEmpty() && differences.isEmpty();
    }

    private static void load(Path file, RouterClient router, Expected expected, Timeline timeline)
            throws InterruptedException, IOException {
        long start = System.nanoTime();
        Rows rows = new Rows(router, Student.TABLE, RequestIds.fresh(), LOAD_PATIENCE);
        CsvLoad.Result result = new CsvLoad(
                        rows,
                        TablesInForce.one(router, Student.TABLE, LOAD_PATIENCE),
                        new CsvLoad.Plan(500, 4, Rows.WriteMode.UPSERT, 0),
                        (fraction, done) -> {})
                .load(file);
        if (result.failure() != null) {
            throw new CommandFailure(ExitCode.NEGATIVE, result.failure());
        }
        try (CsvReader csv = new CsvReader(Files.newBufferedReader(file))) {
            csv.next();
            for (List<String> line = csv.next(); line != null; line = csv.next()) {
                expected.acknowledged(
                        new Student(Long.parseLong(line.get(0)), line.get(1), Long.parseLong(line.get(2))));
            }
        }
        timeline.say(String.format(
                "%,d rows of students.csv loaded through the router in %s",
                result.written(), Timeline.seconds(start, System.nanoTime())));
    }
}
