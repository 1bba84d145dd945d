package io.shardeddb.architecture.english;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits the prose of a Markdown file into sentences. Code, tables, headings, comments, and a label in bold letters of
 * up to three words are no prose. An item of a list begins a sentence of its own. A piece of code within a sentence
 * counts as one word, and of a link only the text counts.
 */
final class Prose {

    private static final Pattern ITEM = Pattern.compile("\\s*(?:[-*+]|\\d+\\.)\\s+(.*)");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");
    private static final Pattern LABEL = Pattern.compile("^\\*\\*(?:[^*\\s]+\\s+){0,2}[^*\\s]+\\*\\*:?\\s*");
    private static final Pattern IMAGE = Pattern.compile("!\\[[^\\]]*\\]\\([^)]*\\)");
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)\\]\\([^)\\s]*\\)");
    /** A full stop, perhaps with closing marks, and then a space before something that begins a sentence. */
    private static final Pattern END = Pattern.compile("(?<=[.!?])[\"”)*_]*\\s+(?=[\"“(*_\\[]*[A-Z0-9`])");

    private Prose() {}

    /**
     * A sentence, or what stands in its place in a list.
     *
     * @param line where it begins, from 1
     * @param text as it is written, on one line
     */
    record Sentence(int line, String text) {

        /** How many words it has; a piece of code is one word. */
        long words() {
            String plain = IMAGE.matcher(text).replaceAll("");
            plain = CODE.matcher(plain).replaceAll("`");
            plain = LINK.matcher(plain).replaceAll("$1");
            return Arrays.stream(plain.split("\\s+", -1))
                    .filter(word -> word.matches(".*[\\p{L}\\p{N}`].*"))
                    .count();
        }
    }

    /** A paragraph or an item of a list: its text on one line, and where each of its lines begins in that. */
    private record Block(StringBuilder text, List<Integer> starts, List<Integer> lines) {

        private Block() {
            this(new StringBuilder(), new ArrayList<>(), new ArrayList<>());
        }

        private void add(int line, String words) {
            starts.add(text.length());
            lines.add(line);
            text.append(words.strip()).append(' ');
        }

        private int lineAt(int position) {
            int line = lines.getFirst();
            for (int i = 0; i < starts.size() && starts.get(i) <= position; i++) {
                line = lines.get(i);
            }
            return line;
        }
    }

    /** The sentences of a Markdown file, in order. */
    static List<Sentence> sentences(List<String> lines) {
        List<Sentence> sentences = new ArrayList<>();
        for (Block block : blocks(lines)) {
            split(block, sentences);
        }
        return sentences;
    }

    private static List<Block> blocks(List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        boolean fenced = false;
        boolean comment = false;
        boolean open = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.strip();
            boolean fence = text.startsWith("```");
            comment |= !fenced && text.startsWith("<!--");
            if (fence || fenced || comment || text.isEmpty() || text.startsWith("|") || text.startsWith("#")) {
                open = false;
                fenced ^= fence;
                comment &= !text.contains("-->");
                continue;
            }
            if (!open && line.startsWith("    ")) {
                continue;
            }
            Matcher item = ITEM.matcher(line);
            if (!open || item.matches()) {
                blocks.add(new Block());
                open = true;
            }
            blocks.getLast().add(i + 1, item.matches() ? item.group(1) : text.replaceFirst("^> ?", ""));
        }
        return blocks;
    }

    private static void split(Block block, List<Sentence> sentences) {
        String text = block.text().toString();
        // A full stop within code ends nothing.
        String masked = CODE.matcher(text)
                .replaceAll(code -> "`" + "c".repeat(code.group().length() - 2) + "`");
        Matcher label = LABEL.matcher(masked);
        int from = label.find() ? label.end() : 0;
        Matcher end = END.matcher(masked);
        while (end.find(from)) {
            add(block, text, from, end.end(), sentences);
            from = end.end();
        }
        add(block, text, from, text.length(), sentences);
    }

    private static void add(Block block, String text, int from, int to, List<Sentence> sentences) {
        String words = text.substring(from, to).strip();
        if (!words.isEmpty()) {
            sentences.add(new Sentence(block.lineAt(from), words));
        }
    }
}
