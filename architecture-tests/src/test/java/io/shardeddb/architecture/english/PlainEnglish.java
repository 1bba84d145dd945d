package io.shardeddb.architecture.english;

import io.shardeddb.architecture.source.Markdown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What holds for every sentence of a document, and for all of them together. */
final class PlainEnglish {

    /** The most words that one sentence may have. */
    static final int WORDS_MAX = 35;

    /** The most words that sentences may have on average, over all documents. */
    static final double AVERAGE_MAX = 18;

    /** The most columns of a line that is no table and no code. */
    static final int COLUMNS_MAX = 130;

    /** Words that are gone, each with what is written in its place. */
    private static final Map<String, String> GONE = Map.ofEntries(
            Map.entry("anew", "again"),
            Map.entry("whoever", "anyone who"),
            Map.entry("whosoever", "anyone who"),
            Map.entry("beside", "next to"),
            Map.entry("upon", "on"),
            Map.entry("whence", "from where"),
            Map.entry("hence", "so"),
            Map.entry("thereof", "of it"),
            Map.entry("therein", "in it"),
            Map.entry("wherein", "in which"),
            Map.entry("thereby", "by that"),
            Map.entry("hitherto", "until now"),
            Map.entry("lest", "so that it does not"),
            Map.entry("shall", "must"),
            Map.entry("mend", "correct"),
            Map.entry("mends", "corrects"),
            Map.entry("mended", "corrected"),
            Map.entry("excelled", "worse than others"),
            Map.entry("comes of", "is the result of"),
            Map.entry("come of", "are the result of"),
            Map.entry("came of", "was the result of"),
            Map.entry("becomes of", "happens to"),
            Map.entry("became of", "happened to"),
            Map.entry("so that nobody", "so nobody"),
            Map.entry("stands in", "is in"),
            Map.entry("makes way", "is replaced"),
            Map.entry("all the while", "meanwhile"),
            Map.entry("each look", "each reconcile"),
            Map.entry("every look", "every reconcile"));

    private static final Pattern GONE_PATTERN = Pattern.compile(
            GONE.keySet().stream()
                    .map(words -> words.replace(" ", "\\s+"))
                    .collect(Collectors.joining("|", "\\b(", ")\\b")),
            Pattern.CASE_INSENSITIVE);

    private PlainEnglish() {}

    /** What is wrong with the text of one document, each with where it is and the sentence or line. */
    static List<String> faults(String name, List<String> lines) {
        List<String> faults = new ArrayList<>();
        for (Prose.Sentence sentence : Prose.sentences(lines)) {
            tooLong(name, sentence).ifPresent(faults::add);
            faults.addAll(gone(name, sentence.line(), sentence.text()));
        }
        List<String> text = Markdown.withoutCodeInPlace(lines);
        for (int i = 0; i < text.size(); i++) {
            boolean table = text.get(i).startsWith("|");
            if (table || text.get(i).startsWith("#")) {
                faults.addAll(gone(name, i + 1, text.get(i)));
            }
            int columns = lines.get(i).length();
            if (!text.get(i).isEmpty() && !table && columns > COLUMNS_MAX) {
                faults.add("%s:%s: %s columns, at most %s are allowed: %s"
                        .formatted(name, i + 1, columns, COLUMNS_MAX, lines.get(i)));
            }
        }
        return faults;
    }

    /** That a sentence has too many words, if it has. */
    static Optional<String> tooLong(String name, Prose.Sentence sentence) {
        return sentence.words() <= WORDS_MAX
                ? Optional.empty()
                : Optional.of("%s:%s: %s words, at most %s are allowed: %s"
                        .formatted(name, sentence.line(), sentence.words(), WORDS_MAX, sentence.text()));
    }

    /** The words of a text that are gone, each with what is written in its place; code within the text is not read. */
    static List<String> gone(String name, int line, String text) {
        return GONE_PATTERN
                .matcher(text.replaceAll("`[^`]*`", "`"))
                .results()
                .map(match -> match.group().toLowerCase(Locale.ROOT))
                .map(words -> "%s:%s: '%s' is no word of ours, write '%s': %s"
                        .formatted(name, line, words, GONE.get(words.replaceAll("\\s+", " ")), text))
                .toList();
    }

    /** How many words a sentence has on average; 0 without sentences. */
    static double average(List<Prose.Sentence> sentences) {
        return sentences.stream().mapToLong(Prose.Sentence::words).average().orElse(0);
    }
}
