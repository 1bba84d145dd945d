package io.shardeddb.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.bench.compare.Gain;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.report.BarChart;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.cli.bench.measured.AdaptiveRun;
import io.shardeddb.cli.bench.measured.BenchDatabase;
import io.shardeddb.cli.bench.measured.FaultDriver;
import io.shardeddb.cli.bench.measured.Shape;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.output.OutputFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sdb bench adaptive}. */
@Command(
        name = "adaptive",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        description = {
            "What adapting brings, on a database of one shard with five copies on five servers. Slowness is made at the",
            "servers' transport: what a slow server sends leaves later. (a) commits by weights with one tolerated fault",
            "against two, with one to three slow followers and with staggered ones; (b) a leader that becomes slow, by delay",
            "or for want of processor time, against a leader that is fixed; (c) how often one slow follower wins when the",
            "leader is killed, with ranked elections and with unranked ones; (d) timestamps of the service against hybrid",
            "ones, with all servers and with one away."
        },
        footer = {
            "",
            "Examples:",
            "  sdb bench adaptive --quick --output json    all four in a short form",
            "  sdb bench adaptive --only a                 one of them",
            "",
            "A gain is met when it is larger than the spread between runs. What the figures mean: docs/adaptive.md"
        })
public final class AdaptiveCommand implements Callable<Integer> {

    private static final int SERVERS = 5;

    @Mixin
    Options options = new Options();

    @Option(names = "--quick", description = "Fewer and shorter rounds.")
    boolean quick;

    @Option(names = "--only", paramLabel = "LETTERS", description = "Only these measurements, for example ad.")
    String only = "abcd";

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (!only.matches("[abcd]+")) {
            throw new CommandFailure(ExitCode.USAGE, "--only takes letters of a, b, c and d, not " + only);
        }
        List<Gain> gains = new ArrayList<>();
        Parts parts = new Parts(options::progress);
        try (BenchDatabase database = BenchDatabase.startWithFaults(
                options.home(), Shape.ofWorkloads(1, SERVERS, SERVERS), List.of(Table.students()), options::progress)) {
            AdaptiveRun run = new AdaptiveRun(
                    new FaultDriver(database, SERVERS), quick ? 3 : 5, quick ? 4 : 10, options::progress);
            for (int i = 0; i < only.length(); i++) {
                char letter = only.charAt(i);
                parts.attempt("(" + letter + ")", () -> gains.addAll(measure(run, letter)));
            }
        }
        report(gains);
        options.out().print(options.output == OutputFormat.JSON ? json(gains) : text(gains));
        options.out().flush();
        parts.requireAll();
        return ExitCode.OK;
    }

    private List<Gain> measure(AdaptiveRun run, char letter) throws LoadException, InterruptedException {
        return switch (letter) {
            case 'a' -> run.quorums();
            case 'b' -> run.slowLeader();
            case 'c' -> run.killedLeader(quick ? 2 : 3);
            default -> run.timestamps();
        };
    }

    private void report(List<Gain> gains) throws IOException {
        Path folder = options.report;
        if (folder == null) {
            return;
        }
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("adaptive.json"), json(gains));
        List<BarChart.Bar> bars = gains.stream()
                .map(gain -> new BarChart.Bar(gain.measurement(), gain.met() ? 0 : 1, gain.gain()))
                .toList();
        Files.writeString(folder.resolve("adaptive.svg"), BarChart.svg("What adapting brings", "times as good", bars));
    }

    private static String json(List<Gain> gains) throws IOException {
        ArrayNode list = Json.MAPPER.createArrayNode();
        for (Gain gain : gains) {
            ObjectNode line = list.addObject();
            line.put("measurement", gain.measurement());
            line.put("unit", gain.unit());
            line.put("baseline", gain.baseline());
            line.put("adaptive", gain.adaptive());
            line.put("gain", gain.gain());
            line.put("spread", gain.spread());
            line.put("met", gain.met());
            if (gain.note() != null) {
                line.put("note", gain.note());
            }
        }
        return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(list) + "\n";
    }

    private static String text(List<Gain> gains) {
        StringBuilder text = new StringBuilder();
        for (Gain gain : gains) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-62s %9.2f -> %9.2f %-4s  gain %5.2f  spread %5.2f  %s%s%n",
                    gain.measurement(),
                    gain.baseline(),
                    gain.adaptive(),
                    gain.unit(),
                    gain.gain(),
                    gain.spread(),
                    gain.met() ? "met" : "not met",
                    gain.note() == null ? "" : "  (" + gain.note() + ")"));
        }
        return text.toString();
    }
}
