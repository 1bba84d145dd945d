package io.shardeddb.architecture.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The little of Markdown that the checks need. */
public final class Markdown {

    private Markdown() {}

    /** The lines outside fenced and indented code, with nothing between the marks of code within a line. */
    public static List<String> withoutCode(List<String> lines) {
        return withoutCodeInPlace(lines).stream()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** As many lines as given: those of fenced and indented code are empty, and so is code within a line. */
    public static List<String> withoutCodeInPlace(List<String> lines) {
        List<String> text = new ArrayList<>();
        boolean fenced = false;
        for (String line : lines) {
            boolean fence = line.strip().startsWith("```");
            fenced ^= fence;
            text.add(fence || fenced || line.startsWith("    ") ? "" : line.replaceAll("`[^`]*`", "``"));
        }
        return text;
    }

    /** The anchors that a renderer gives the headings: lower case, spaces as hyphens, punctuation left out. */
    public static Set<String> anchors(List<String> lines) {
        boolean[] fenced = {false};
        return lines.stream()
                .filter(line -> {
                    if (line.strip().startsWith("```")) {
                        fenced[0] = !fenced[0];
                    }
                    return !fenced[0] && line.startsWith("#");
                })
                .map(line -> line.replaceFirst("^#+\\s*", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .strip()
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
