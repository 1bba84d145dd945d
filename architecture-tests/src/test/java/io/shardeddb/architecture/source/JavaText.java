package io.shardeddb.architecture.source;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of one Java file: its comments, and the text of its literals.
 *
 * @param comments in order; line comments on successive lines are one comment
 * @param literals strings and blocks of text, in order, with the line where each begins
 */
public record JavaText(List<Comment> comments, List<Literal> literals) {

    /**
     * A comment.
     *
     * @param line where it begins, from 1
     * @param lines what it says, without the marks of comments; one for each line of the file
     */
    public record Comment(int line, List<String> lines) {}

    /**
     * A string or a block of text, as it is written.
     *
     * @param line where it begins, from 1
     * @param text without its quotes; escapes are left as they are
     */
    public record Literal(int line, String text) {}

    /** Reads a file. */
    public static JavaText of(List<String> lines) {
        return new Reader(String.join("\n", lines)).read();
    }

    /** Walks once through the characters of a file. */
    private static final class Reader {

        private final String text;
        private final List<Comment> comments = new ArrayList<>();
        private final List<Literal> literals = new ArrayList<>();
        private int at;
        private int line = 1;
        /** The line on which the latest line comment stands alone, so that the next one can continue it; 0 for none. */
        private int continued;

        private Reader(String text) {
            this.text = text;
        }

        private JavaText read() {
            while (at < text.length()) {
                if (text.startsWith("//", at)) {
                    lineComment();
                } else if (text.startsWith("/*", at)) {
                    blockComment();
                } else if (text.startsWith("\"\"\"", at)) {
                    literals.add(new Literal(line, between("\"\"\"", "\"\"\"")));
                } else if (text.charAt(at) == '"') {
                    literals.add(new Literal(line, between("\"", "\"")));
                } else if (text.charAt(at) == '\'') {
                    between("'", "'");
                } else {
                    line += text.charAt(at) == '\n' ? 1 : 0;
                    at++;
                }
            }
            return new JavaText(List.copyOf(comments), List.copyOf(literals));
        }

        private void lineComment() {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            boolean alone = text.substring(text.lastIndexOf('\n', at) + 1, at).isBlank();
            String words = text.substring(at + 2, end).strip();
            if (alone && continued == line - 1 && continued > 0) {
                comments.getLast().lines().add(words);
            } else {
                comments.add(new Comment(line, new ArrayList<>(List.of(words))));
            }
            continued = alone ? line : 0;
            at = end;
        }

        private void blockComment() {
            int began = line;
            String words = between("/*", "*/");
            comments.add(new Comment(
                    began,
                    words.lines()
                            .map(part -> part.strip().replaceFirst("^\\*+", "").strip())
                            .toList()));
        }

        /** The text from an opening to the closing that no backslash takes away; moves on to what follows. */
        private String between(String opening, String closing) {
            int from = at + opening.length();
            int to = from;
            while (to < text.length() && !text.startsWith(closing, to)) {
                line += text.charAt(to) == '\n' ? 1 : 0;
                to += text.charAt(to) == '\\' && !closing.equals("*/") ? 2 : 1;
            }
            at = Math.min(text.length(), to + closing.length());
            return text.substring(from, Math.min(text.length(), to));
        }
    }
}
