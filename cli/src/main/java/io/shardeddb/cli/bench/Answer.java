package io.shardeddb.cli.bench;

import io.shardeddb.bench.compare.Metric;
import io.shardeddb.bench.compare.Result;
import io.shardeddb.bench.compare.Sample;
import io.shardeddb.bench.compare.Spread;
import io.shardeddb.bench.compare.Work;
import io.shardeddb.bench.report.BarChart;
import io.shardeddb.bench.report.Markdown;
import io.shardeddb.bench.report.ResultsJson;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.OutputFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a measurement answers: on standard output, and as files where a report is asked for. */
final class Answer {

    private static final String PEER = "Galera, or the limit";
    private static final String FIGURES_BEGIN = "<!-- figures: made by sdb bench peers --publish -->";
    private static final String FIGURES_END = "<!-- end of figures -->";

    private final Options options;

    Answer(Options options) {
        this.options = options;
    }

    /** The comparison. */
    void peers(List<Result> results, List<Sample> samples) throws IOException {
        write("Side by side", results, plots(samples));
    }

    /** Puts the comparison into the project's own documents, in the place of the one before. */
    void publish(List<Result> results, List<Sample> samples) throws IOException {
        Path docs = Repository.find().root().resolve("docs");
        Path plotFolder = Files.createDirectories(docs.resolve("performance"));
        StringBuilder figures = new StringBuilder("\n" + Markdown.table(PEER, results));
        List<Plot> plots = plots(samples);
        if (!plots.isEmpty()) {
            figures.append('\n')
                    .append(Markdown.medians(Work.promised(1), samples))
                    .append('\n');
        }
        for (Plot plot : plots) {
            Files.writeString(plotFolder.resolve(plot.file()), plot.svg());
            figures.append("![](performance/").append(plot.file()).append(")\n");
        }
        Path page = docs.resolve("performance.md");
        String text = Files.readString(page);
        int begin = text.indexOf(FIGURES_BEGIN);
        int end = text.indexOf(FIGURES_END);
        if (begin < 0 || end < begin) {
            throw new CommandFailure(ExitCode.CANNOT_CREATE, page + " has no place for figures: " + FIGURES_BEGIN);
        }
        Files.writeString(
                page, text.substring(0, begin + FIGURES_BEGIN.length()) + "\n" + figures + "\n" + text.substring(end));
        Files.writeString(docs.resolve("performance.json"), ResultsJson.write(results) + "\n");
        options.progress("published in " + docs);
    }

    private static List<Plot> plots(List<Sample> samples) {
        List<Plot> plots = new ArrayList<>();
        for (Work work : Work.promised(1)) {
            List<Sample> own = samples.stream()
                    .filter(sample -> sample.work().equals(work.name()))
                    .toList();
            if (!own.isEmpty()) {
                plots.add(plot(work, own));
            }
        }
        return plots;
    }

    /** The assignment's analysis. */
    void analysis(List<Result> results) throws IOException {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (Result result : results) {
            bars.add(new BarChart.Bar(result.work(), result.work().endsWith("writes") ? 0 : 1, result.ours()));
        }
        String svg = BarChart.svg("The assignment's analysis", "seconds, less is better", bars);
        write("The assignment's analysis", results, List.of(new Plot("analysis.svg", svg)));
    }

    private record Plot(String file, String svg) {}

    private static Plot plot(Work work, List<Sample> samples) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (String contender :
                samples.stream().map(Sample::contender).distinct().sorted().toList()) {
            Spread spread = Spread.of(samples.stream()
                    .filter(sample -> sample.contender().equals(contender))
                    .map(sample -> work.metric().of(sample.measurement()))
                    .toList());
            bars.add(new BarChart.Bar(
                    contender,
                    contender.equals("ShardedDatabase") ? 0 : 1,
                    spread.median(),
                    spread.min(),
                    spread.max()));
        }
        String better = work.metric() == Metric.MEDIAN_MILLIS ? ", less is better" : ", more is better";
        String file = work.name().replaceAll("[^A-Za-z0-9]+", "-") + ".svg";
        return new Plot(file, BarChart.svg(work.name(), work.metric().unit() + better, bars));
    }

    private void write(String title, List<Result> results, List<Plot> plots) throws IOException {
        String table = Markdown.table(PEER, results);
        options.out().println(options.output == OutputFormat.JSON ? ResultsJson.write(results) : table);
        options.out().flush();
        Path folder = options.report;
        if (folder == null) {
            return;
        }
        Files.createDirectories(folder);
        StringBuilder report = new StringBuilder("# " + title + "\n\n" + table + "\n");
        for (Plot plot : plots) {
            Files.writeString(folder.resolve(plot.file()), plot.svg());
            report.append("![](").append(plot.file()).append(")\n");
        }
        Files.writeString(folder.resolve("report.md"), report);
        Files.writeString(folder.resolve("results.json"), ResultsJson.write(results) + "\n");
        options.progress("report in " + folder);
    }
}
