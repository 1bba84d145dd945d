package io.shardeddb.bench.report;

import java.util.List;
import java.util.Locale;

/** Horizontal bars with their spread, as SVG. */
public final class BarChart {

    private static final int BARS = 370;
    private static final int LABELS = 280;
    private static final int LETTER = 7;
    private static final int LINE = 26;
    private static final int HEAD = 48;
    private static final int BAR = 16;
    private static final int RIGHT = 110;
    private static final int GAP = 8;
    private static final String[] COLOURS = {"#2f6db3", "#c2792b", "#6b8e3d", "#8a5a9e"};

    private BarChart() {}

    /**
     * One bar.
     *
     * @param series which colour: bars of one series have the same
     * @param value its length; 0 or more
     * @param min lower end of its spread
     * @param max upper end of its spread
     */
    public record Bar(String label, int series, double value, double min, double max) {

        /** Without spread. */
        public Bar(String label, int series, double value) {
            this(label, series, value, value, value);
        }
    }

    /**
     * The document.
     *
     * @param unit of all values
     */
    public static String svg(String title, String unit, List<Bar> bars) {
        double longest = bars.stream()
                .mapToDouble(bar -> Math.max(bar.value(), bar.max()))
                .max()
                .orElse(1);
        double scale = longest > 0 ? BARS / longest : 0;
        int labels = Math.max(
                LABELS,
                bars.stream()
                                .mapToInt(bar -> LETTER * bar.label().length())
                                .max()
                                .orElse(0)
                        + 2 * GAP);
        int width = labels + BARS + RIGHT;
        int height = HEAD + bars.size() * LINE + 12;
        StringBuilder svg = new StringBuilder(
                String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="12" y="24" font-size="15" font-weight="bold">%s</text>
                <text x="%d" y="24" text-anchor="end" fill="#555">%s</text>
                """, width, height, escaped(title), width - 12, escaped(unit)));
        for (int i = 0; i < bars.size(); i++) {
            bar(svg, bars.get(i), labels, HEAD + i * LINE, scale);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void bar(StringBuilder svg, Bar bar, int labels, int top, double scale) {
        double end = labels + bar.value() * scale;
        int middle = top + BAR / 2;
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n"
                        + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n"
                        + "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222\"/>%n"
                        + "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                labels - GAP,
                middle + 4,
                escaped(bar.label()),
                labels,
                top,
                bar.value() * scale,
                BAR,
                COLOURS[bar.series() % COLOURS.length],
                labels + bar.min() * scale,
                middle,
                labels + bar.max() * scale,
                middle,
                Math.max(end, labels + bar.max() * scale) + 6,
                middle + 4,
                Markdown.number(bar.value())));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
