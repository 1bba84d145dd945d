package io.shardeddb.bench.report;

import io.shardeddb.bench.compare.Result;
import io.shardeddb.bench.compare.Sample;
import io.shardeddb.bench.compare.Spread;
import io.shardeddb.bench.compare.Work;
import java.util.List;
import java.util.Locale;

/** Results as a table for people. */
public final class Markdown {

    private Markdown() {}

    /** The table of our figures next to a peer's or next to limits. */
    public static String table(String peer, List<Result> results) {
        StringBuilder text = new StringBuilder(
                "| work | ours | " + peer + " | ratio (rounds) | at least | aim | |\n|---|---|---|---|---|---|---|\n");
        for (Result result : results) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s %s | %s %s | %.2f (%.2f to %.2f) | %s | %s | %s |%n",
                    result.work(),
                    number(result.ours()),
                    result.unit(),
                    number(result.peer()),
                    result.unit(),
                    result.ratio(),
                    result.ratioMin(),
                    result.ratioMax(),
                    number(result.floor()),
                    number(result.aim()),
                    result.met() ? "reached" : "**not reached**"));
        }
        return text.toString();
    }

    /** Every contender's median of every work. */
    public static String medians(List<Work> works, List<Sample> samples) {
        List<String> contenders =
                samples.stream().map(Sample::contender).distinct().sorted().toList();
        StringBuilder text = new StringBuilder(
                "| median | " + String.join(" | ", contenders) + " |\n|---|" + "---|".repeat(contenders.size()) + "\n");
        for (Work work : works) {
            text.append("| ").append(work.name()).append(" |");
            for (String contender : contenders) {
                List<Double> values = samples.stream()
                        .filter(sample -> sample.work().equals(work.name())
                                && sample.contender().equals(contender))
                        .map(sample -> work.metric().of(sample.measurement()))
                        .toList();
                text.append(
                        values.isEmpty()
                                ? " – |"
                                : " " + number(Spread.of(values).median()) + " "
                                        + work.metric().unit() + " |");
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** With as many digits as count. */
    public static String number(double value) {
        if (value >= 1_000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return value >= 100 ? String.format(Locale.ROOT, "%.0f", value) : trimmed(value);
    }

    private static String trimmed(double value) {
        String text = String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
