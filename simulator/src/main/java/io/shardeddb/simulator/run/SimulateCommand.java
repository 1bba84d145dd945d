package io.shardeddb.simulator.run;

import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Trace;
import io.shardeddb.simulator.Verdict;
import io.shardeddb.simulator.WrongVariant;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code sdb simulate}. */
@Command(
        name = "sdb simulate",
        sortOptions = false,
        description = {
            "Runs parts of the system under many seeds, with faults, and checks after each step that no rule is broken.",
            "Everything that happens follows from the seed. Without options: about a minute, seeds that nobody has chosen.",
            "Wrong variants are run too: each breaks one rule on purpose and must be noticed.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sdb simulate                              about a minute",
            "  sdb simulate --seeds 100000               seeds 0 to 99999, and all wrong variants",
            "  sdb simulate --seconds 3600 --simulator consensus",
            "  sdb simulate --simulator consensus --seed 389 --variant NO_VOTE_HOLD_OFF_AFTER_RESTART",
            "  sdb simulate --variant LEASE_IN_TICKS --first 0 --seeds 2000   how often it is noticed"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:no rule was broken, and every wrong variant was noticed",
            " 1:a rule was broken, or a wrong variant was not noticed",
            " 2:an option is wrong"
        })
final class SimulateCommand implements Callable<Integer> {
    static final int OK = 0;
    static final int BAD = 1;
    static final int USAGE = 2;

    private static final long DEFAULT_SECONDS = 60;
    /** The first seed and the number of seeds together are still a long. */
    private static final long GREATEST = (1L << 62) - 1;

    /** So many seeds tell how often a wrong variant is noticed, or being noticed so often. */
    private static final long RATE_SEEDS = 2000;

    private static final long FEWEST_RATE_SEEDS = 20;
    /** Of few seeds for the right way each wrong variant gets a tenth. */
    private static final long PART_FOR_RATES = 10;

    private static final long ENOUGH_CATCHES = 8;
    /** Wrong variants get this part of the time. */
    private static final int PART_FOR_VARIANTS = 4;

    /** How it answers. */
    enum Output {
        TEXT,
        JSON
    }

    private final List<Simulator> all;
    private final Terminal terminal;

    @Option(names = "--seeds", paramLabel = "N", description = "So many seeds. With --seconds: whichever comes first.")
    @Nullable
    Long seeds;

    @Option(
            names = "--first",
            paramLabel = "S",
            description = "The first of the seeds. Default: 0 with --seeds alone, else one that nobody has chosen.")
    @Nullable
    Long first;

    @Option(
            names = "--seconds",
            paramLabel = "T",
            description = "No seed begins later. Default: 60 without --seeds, else no limit.")
    @Nullable
    Long seconds;

    @Option(names = "--seed", paramLabel = "S", description = "Replays one seed and prints its trace.")
    @Nullable
    Long seed;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            description = {
                "Runs this wrong variant alone and says how many seeds notice it: its pinned seed first,",
                "unless --first is given. Default: all of them, and the right way."
            })
    @Nullable
    String variant;

    @Option(names = "--simulator", paramLabel = "NAME", description = "Runs this simulator alone. Default: all.")
    @Nullable
    String simulator;

    @Option(
            names = "--faults",
            paramLabel = "KINDS",
            description = "Only these kinds of faults strike, separated by commas; none for no faults. Default: all.")
    @Nullable
    String faults;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "So many seeds at a time, 1 to 256. Default: the processors, here ${DEFAULT-VALUE}.")
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 256);

    @Option(names = "--output", paramLabel = "FORMAT", description = "text or json. Default: text.")
    Output output = Output.TEXT;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this.")
    boolean help;

    private SimulateCommand(List<Simulator> all, Terminal terminal) {
        this.all = all;
        this.terminal = terminal;
    }

    /** Runs the command and says with which exit code it ends. */
    static int run(List<Simulator> all, Terminal terminal, List<String> arguments) {
        CommandLine line = new CommandLine(new SimulateCommand(all, terminal));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        line.setUsageHelpWidth(120);
        line.getCommandSpec().usageMessage().footerHeading(names(all) + "%nExamples:%n");
        line.setParameterExceptionHandler((wrong, _) -> {
            terminal.err().println("sdb simulate: " + wrong.getMessage());
            if (wrong instanceof UnmatchedArgumentException) {
                terminal.err().println("allowed are " + options(line));
            }
            terminal.err().println("sdb simulate --help explains them");
            return USAGE;
        });
        int code = line.execute(arguments.toArray(String[]::new));
        line.getOut().flush();
        terminal.out().flush();
        terminal.err().flush();
        return code;
    }

    private static String options(CommandLine line) {
        return String.join(
                ", ",
                line.getCommandSpec().options().stream()
                        .map(option -> option.longestName())
                        .toList());
    }

    /** What may be named, for the help. */
    private static String names(List<Simulator> all) {
        StringBuilder text = new StringBuilder("%nSimulators:%n");
        for (Simulator each : all) {
            text.append("  %s: %s%n".formatted(each.name(), each.description()).replace("\n", "%n"));
            text.append("    faults: ").append(String.join(", ", each.faults())).append("%n");
            text.append("    wrong variants: ")
                    .append(String.join(
                            ", ",
                            each.variants().stream().map(WrongVariant::name).toList()))
                    .append("%n");
        }
        return text.toString();
    }

    @Override
    public Integer call() {
        checkRanges();
        List<Simulator> chosen = chosen();
        Campaign campaign = new Campaign(chosen, kinds(chosen), threads, terminal);
        if (seed != null) {
            return replay(chosen, campaign, seed);
        }
        long count = seeds == null ? Long.MAX_VALUE : seeds;
        long begin = terminal.nanoTime().getAsLong();
        long limit = seconds != null ? seconds : seeds == null ? DEFAULT_SECONDS : 0;
        long end = limit == 0 ? Long.MAX_VALUE : begin + TimeUnit.SECONDS.toNanos(limit);
        long from = first != null
                ? first
                : limit == 0 ? 0 : ThreadLocalRandom.current().nextLong(1L << 40);
        terminal.err().println("first seed: " + from);
        Report report = variant == null
                ? everything(chosen, campaign, from, count, end)
                : one(chosen, campaign, from, count, end);
        terminal.out().print(output == Output.JSON ? report.json() + System.lineSeparator() : report.text());
        return report.isBad() ? BAD : OK;
    }

    /** All wrong variants of the chosen simulators, then the right way. */
    private Report everything(List<Simulator> chosen, Campaign campaign, long from, long count, long end) {
        List<WrongVariant> variants =
                chosen.stream().flatMap(each -> each.variants().stream()).toList();
        long begin = terminal.nanoTime().getAsLong();
        long variantsEnd = end == Long.MAX_VALUE ? end : begin + (end - begin) / PART_FOR_VARIANTS;
        long tries = Math.clamp(count / PART_FOR_RATES, FEWEST_RATE_SEEDS, RATE_SEEDS);
        List<Trial> trials = campaign.variants(variants, true, from, ENOUGH_CATCHES, tries, variantsEnd);
        Campaign.Seeds right = campaign.seeds(from, count, end);
        return new Report(
                right.seeds(),
                right.busyNanos(),
                right.findings(),
                trials.stream().map(Trial::tally).toList());
    }

    /** One wrong variant alone. */
    private Report one(List<Simulator> chosen, Campaign campaign, long from, long count, long end) {
        List<WrongVariant> variants = new ArrayList<>();
        for (Simulator each : chosen) {
            each.variants().stream().filter(one -> one.name().equals(variant)).forEach(variants::add);
        }
        long tries = seeds == null && seconds == null ? RATE_SEEDS : count;
        Trial trial = campaign.variants(variants, first == null, from, Long.MAX_VALUE, tries, end)
                .getFirst();
        Finding example = trial.example(campaign);
        if (example != null) {
            terminal.err().println("for example, " + example.text());
        }
        Report.Tally tally = trial.tally();
        return new Report(tally.of(), trial.busyNanos(), List.of(), List.of(tally));
    }

    /** One seed, with its trace unless a program reads the answer. */
    private int replay(List<Simulator> chosen, Campaign campaign, long replayed) {
        boolean traced = output == Output.TEXT;
        Trace trace = traced ? terminal.out()::println : Trace.NONE;
        List<Finding> findings = new ArrayList<>();
        long busy = 0;
        for (Simulator each : chosen) {
            if (traced) {
                terminal.out().println(each.name() + ", seed " + replayed + (variant == null ? "" : ", " + variant));
            }
            Setup setup = campaign.setup(replayed).with(variant);
            Judging.Timed timed = Judging.timed(each, setup.with(trace));
            busy += timed.nanos();
            switch (timed.verdict()) {
                case Verdict.Violation violation -> {
                    Finding finding = campaign.finding(each, setup, violation, faults == null);
                    findings.add(finding);
                    if (traced) {
                        terminal.out().println(finding.text());
                    }
                }
                case Verdict.Clean _ when traced -> terminal.out().println("no rule was broken");
                case Verdict.Clean _ -> {}
            }
        }
        if (!traced) {
            List<Report.Tally> tallies =
                    variant == null ? List.of() : List.of(new Report.Tally(variant, findings.size(), 1));
            terminal.out().println(new Report(1, busy, variant == null ? findings : List.of(), tallies).json());
        }
        return findings.isEmpty() == (variant == null) ? OK : BAD;
    }

    // ---- what may be asked for

    private void checkRanges() {
        if (seed != null && (seeds != null || first != null || seconds != null)) {
            throw wrong("--seed replays one seed; allowed with it are --simulator, --variant, --faults and --output");
        }
        atLeast("--seeds", seeds, 1, GREATEST);
        atLeast("--seconds", seconds, 1, TimeUnit.DAYS.toSeconds(365));
        atLeast("--first", first, 0, GREATEST);
        atLeast("--seed", seed, 0, GREATEST);
        atLeast("--threads", (long) threads, 1, 256);
    }

    private void atLeast(String option, @Nullable Long value, long least, long greatest) {
        if (value != null && (value < least || value > greatest)) {
            throw wrong(option + " " + value + ": allowed is a number from " + least + " to " + greatest);
        }
    }

    private List<Simulator> chosen() {
        List<Simulator> named = all.stream()
                .filter(each -> simulator == null || each.name().equals(simulator))
                .toList();
        if (named.isEmpty()) {
            throw wrong("--simulator " + simulator + ": allowed are "
                    + String.join(", ", all.stream().map(Simulator::name).toList()));
        }
        String wanted = variant;
        if (wanted == null) {
            return named;
        }
        List<Simulator> having =
                named.stream().filter(each -> each.variant(wanted) != null).toList();
        if (having.isEmpty()) {
            throw wrong("--variant " + wanted + ": allowed are "
                    + String.join(
                            ", ",
                            named.stream()
                                    .flatMap(each -> each.variants().stream())
                                    .map(WrongVariant::name)
                                    .toList()));
        }
        return having;
    }

    private @Nullable List<String> kinds(List<Simulator> chosen) {
        if (faults == null) {
            return null;
        }
        if (faults.equals("none")) {
            return List.of();
        }
        List<String> allowed = chosen.stream()
                .flatMap(each -> each.faults().stream())
                .distinct()
                .toList();
        List<String> kinds = List.of(faults.split(",", -1));
        for (String kind : kinds) {
            if (!allowed.contains(kind)) {
                throw wrong("--faults " + kind + ": allowed are none, " + String.join(", ", allowed));
            }
        }
        return kinds;
    }

    private static ParameterException wrong(String message) {
        return new ParameterException(new CommandLine(CommandLine.Model.CommandSpec.create()), message);
    }
}
