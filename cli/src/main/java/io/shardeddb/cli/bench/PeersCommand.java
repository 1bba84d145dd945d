package io.shardeddb.cli.bench;

import io.shardeddb.bench.compare.Contender;
import io.shardeddb.bench.compare.Result;
import io.shardeddb.bench.compare.Rounds;
import io.shardeddb.bench.compare.Sample;
import io.shardeddb.bench.compare.Work;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.peer.GaleraCluster;
import io.shardeddb.bench.peer.Peer;
import io.shardeddb.bench.peer.SingleMariaDb;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.cli.bench.measured.BenchDatabase;
import io.shardeddb.cli.bench.measured.FailoverMeasurement;
import io.shardeddb.cli.bench.measured.ImportMeasurement;
import io.shardeddb.cli.bench.measured.KeysMeasurement;
import io.shardeddb.cli.bench.measured.Shape;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sdb bench peers}. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        description = {
            "Measures this database and a MariaDB Galera cluster of three nodes side by side: same clients, same rows, same",
            "minutes, taking turns. Then the time of a failover and the sharding assignment's analysis. Fills the table of",
            "docs/performance.md."
        },
        footer = {
            "",
            "Examples:",
            "  sdb bench peers --quick                   some minutes: one peer, short rounds, one analysis",
            "  sdb bench peers --report target/bench     all of it, with a report and plots",
            "  sdb bench peers --quick --output json     a list of {work, ours, peer, ratio, floor, met, ...}",
            "",
            "A ratio says how many times as good ours is; larger is better for every work. Where there is no peer, the limit",
            "is in its place. Galera is installed by apt-get when it is missing and this user may."
        })
public final class PeersCommand implements Callable<Integer> {

    private static final int SERVERS = 3;
    private static final int REPLICAS = 3;
    private static final long ROWS = 20_000;
    private static final double PEER_WARM_UP_SECONDS = 3;
    private static final int IMPORTED = 200_000;
    private static final int IMPORTED_QUICK = 20_000;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    Options options = new Options();

    @Option(
            names = "--quick",
            description = "Fewer and shorter rounds, one peer, the assignment's first analysis only.")
    boolean quick;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "3",
            description = "Shards of our database, on three servers. Default: ${DEFAULT-VALUE}.")
    int shards;

    @Option(
            names = "--work",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Only works whose names contain this text, without failover and analysis.")
    String work = "";

    @Option(names = "--only-peers", description = "Leave out failover and analysis.")
    boolean onlyPeers;

    @Option(
            names = "--publish",
            description =
                    "Put the figures into docs/performance.md, docs/performance.json and docs/performance (plots).")
    boolean publish;

    private final List<Result> results = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException, IOException {
        List<Work> works = chosen(Work.promised(ROWS));
        List<Work> ofKeys = chosen(KeysMeasurement.works(ROWS));
        requireAny(works, ofKeys);
        boolean alone = onlyPeers || !work.isEmpty();
        Parts parts = new Parts(options::progress);
        if (!works.isEmpty() || importIsChosen()) {
            parts.attempt("side by side", () -> sideBySide(parts, works, alone));
        }
        if (!ofKeys.isEmpty()) {
            parts.attempt(
                    "keys next to rows",
                    () -> results.addAll(KeysMeasurement.results(
                            options.home(), shards, ofKeys, rounds(), !quick, options::progress)));
        }
        if (!alone) {
            for (Shape shape : quick ? AnalysisCommand.SHAPES.subList(0, 1) : AnalysisCommand.SHAPES) {
                parts.attempt(
                        "analysis " + shape.text(),
                        () -> results.addAll(
                                AnalysisCommand.results(List.of(shape), AnalysisCommand.CONNECTIONS, options)));
            }
        }
        Answer answer = new Answer(options);
        answer.peers(results, samples);
        parts.requireAll();
        if (publish) {
            answer.publish(results, samples);
        }
        return results.stream().allMatch(Result::met) ? ExitCode.OK : ExitCode.NEGATIVE;
    }

    private void sideBySide(Parts parts, List<Work> works, boolean alone)
            throws InterruptedException, IOException, LoadException {
        List<Peer> peers = new ArrayList<>();
        try (BenchDatabase ours = BenchDatabase.startOptimized(
                options.home(),
                Shape.besidePeers(shards, SERVERS, REPLICAS),
                List.of(Table.students(), ImportMeasurement.TABLE),
                options::progress)) {
            peers.add(GaleraCluster.start(1));
            if (!quick) {
                peers.add(GaleraCluster.start(2));
                peers.add(SingleMariaDb.start());
            }
            List<Contender> contenders = new ArrayList<>();
            contenders.add(new Contender(ours.target(RouterTarget.Interface.V1), ours.processes()));
            for (Peer peer : peers) {
                peer.target().create(Table.students());
                contenders.add(new Contender(peer.target(), Map.of()));
                options.progress(peer.target().name() + " is ready");
            }
            measure(contenders, works);
            if (importIsChosen()) {
                parts.attempt(ImportMeasurement.NAME, () -> results.add(imported(ours, peers.getFirst())));
            }
            if (!alone) {
                parts.attempt(
                        "failover",
                        () -> results.add(FailoverMeasurement.result(
                                ours, contenders.getFirst(), quick ? 3 : 5, options::progress)));
            }
        } finally {
            for (Peer peer : peers) {
                peer.close();
            }
        }
    }

    private Result imported(BenchDatabase ours, Peer peer) throws IOException, LoadException {
        Path folder = Files.createTempDirectory("sdb-bench-import");
        try {
            return ImportMeasurement.result(
                    ours, peer.target(), folder, quick ? IMPORTED_QUICK : IMPORTED, quick ? 2 : 5, options::progress);
        } finally {
            Files.delete(folder);
        }
    }

    private void warmUp(Work work, List<Contender> contenders) throws LoadException, InterruptedException {
        for (Contender contender : contenders) {
            if (contender == contenders.getFirst()) {
                options.progress(String.format(
                        "%s: our programs have been compiled for it after %.0f s",
                        work.name(), contender.warmUp(work.workload(), work.clients())));
            } else {
                contender.loop(work.workload(), work.clients()).run(PEER_WARM_UP_SECONDS, 0, 0);
            }
        }
    }

    private List<Work> chosen(List<Work> works) {
        return works.stream().filter(each -> each.name().contains(work)).toList();
    }

    private boolean importIsChosen() {
        return ImportMeasurement.NAME.contains(work);
    }

    private void requireAny(List<Work> works, List<Work> ofKeys) {
        if (works.isEmpty() && ofKeys.isEmpty() && !importIsChosen()) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--work " + work + ": no work is called so; there are "
                            + Stream.concat(
                                            Stream.concat(
                                                            Work.promised(ROWS).stream(),
                                                            KeysMeasurement.works(ROWS).stream())
                                                    .map(Work::name),
                                            Stream.of(ImportMeasurement.NAME))
                                    .collect(Collectors.joining("; ")));
        }
    }

    private Rounds rounds() {
        return quick ? Rounds.quick() : Rounds.full();
    }

    private void measure(List<Contender> contenders, List<Work> works) throws InterruptedException, LoadException {
        if (works.isEmpty()) {
            return;
        }
        for (Contender contender : contenders) {
            contender.load(works.getFirst().workload());
        }
        for (Work work : works) {
            if (work.pauseSeconds() == 0) {
                warmUp(work, contenders);
            }
            List<Sample> measured = rounds().measure(work, contenders, options::progress);
            results.add(Result.of(
                    work, measured, contenders.get(0).name(), contenders.get(1).name(), null));
            samples.addAll(measured);
        }
    }
}
