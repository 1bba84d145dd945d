package io.shardeddb.operator.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A figure for Prometheus.
 *
 * @param name its name; that of a counter ends in {@code _total}
 * @param help one sentence
 * @param labels such as {@code {loop="shard"}}; empty: none
 */
public record Metric(String name, String help, String labels, double value) {

    /** In Prometheus' text format; those of one name must stand together. */
    static String text(List<Metric> metrics) {
        List<String> lines = new ArrayList<>();
        String last = "";
        for (Metric metric : metrics) {
            if (!metric.name.equals(last)) {
                lines.add("# HELP " + metric.name + " " + metric.help);
                lines.add("# TYPE " + metric.name + (metric.name.endsWith("_total") ? " counter" : " gauge"));
            }
            last = metric.name;
            lines.add(metric.name + metric.labels + " " + number(metric.value));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.6f", value);
    }
}
