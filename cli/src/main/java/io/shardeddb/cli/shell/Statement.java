package io.shardeddb.cli.shell;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was typed until now, cut into words. Pure.
 *
 * <p>Words are as in other shells: blanks part them, quotes hold them together, a backslash takes the next character as
 * it is. One thing is more: a word that begins with a brace or a bracket is JSON and ends with it. So it needs no
 * quotes around it. An open quote, brace or bracket goes on in the next line, and so does a line that ends with a
 * backslash.
 *
 * @param words those that are whole, and the last one as far as it goes
 * @param open what must be closed first; null: nothing
 * @param lastBegins where the last word begins in the text; the text's length if a new one would begin there
 */
record Statement(List<String> words, @Nullable String open, int lastBegins) {

    Statement {
        words = List.copyOf(words);
    }

    /** Reads a text. */
    static Statement of(String text) {
        return new Reading(text).read();
    }

    /** Whether nothing is open. */
    boolean whole() {
        return open == null;
    }

    /** One pass over a text. */
    private static final class Reading {

        private final String text;
        private final List<String> words = new ArrayList<>();
        private final StringBuilder word = new StringBuilder();
        private int at;
        private int begins;
        private @Nullable String open;

        Reading(String text) {
            this.text = text;
        }

        Statement read() {
            boolean inWord = false;
            while (at < text.length() && open == null) {
                char c = text.charAt(at);
                if (Character.isWhitespace(c)) {
                    if (inWord) {
                        end();
                        inWord = false;
                    }
                    at++;
                    continue;
                }
                if (c == '\\' && (at + 1 == text.length() || text.charAt(at + 1) == '\n')) {
                    open = at + 1 == text.length() ? "a line that ends with \\" : null;
                    at += 2;
                    continue;
                }
                if (!inWord) {
                    begins = at;
                    inWord = true;
                    if (c == '#' && (words.isEmpty() || text.charAt(at - 1) == '\n')) {
                        skipLine();
                        inWord = false;
                        continue;
                    }
                }
                take(c);
            }
            if (inWord) {
                end();
            } else {
                begins = text.length();
            }
            return new Statement(words, open, begins);
        }

        private void take(char c) {
            switch (c) {
                case '\'' -> quoted('\'');
                case '"' -> quoted('"');
                case '\\' -> escaped();
                default -> {
                    if (word.isEmpty() && begins == at && (c == '{' || c == '[')) {
                        json();
                    } else {
                        word.append(c);
                        at++;
                    }
                }
            }
        }

        private void end() {
            words.add(word.toString());
            word.setLength(0);
        }

        private void skipLine() {
            while (at < text.length() && text.charAt(at) != '\n') {
                at++;
            }
        }

        /** A backslash at the beginning of a statement is the shell's own command. */
        private void escaped() {
            at++;
            if (words.isEmpty() && word.isEmpty()) {
                word.append('\\');
            } else {
                word.append(text.charAt(at++));
            }
        }

        private void quoted(char quote) {
            at++;
            while (at < text.length() && text.charAt(at) != quote) {
                char c = text.charAt(at++);
                boolean escape = quote == '"'
                        && c == '\\'
                        && at < text.length()
                        && (text.charAt(at) == '"' || text.charAt(at) == '\\');
                word.append(escape ? text.charAt(at++) : c);
            }
            if (at >= text.length()) {
                open = quote == '"' ? "a quote \"" : "a quote '";
            } else {
                at++;
            }
        }

        /** A value of JSON with all that is in it. */
        private void json() {
            Deque<Character> brackets = new ArrayDeque<>();
            boolean inString = false;
            do {
                char c = text.charAt(at++);
                word.append(c);
                if (inString) {
                    if (c == '\\' && at < text.length()) {
                        word.append(text.charAt(at++));
                    }
                    inString = c != '"';
                } else if (c == '"') {
                    inString = true;
                } else if (c == '{' || c == '[') {
                    brackets.push(c);
                } else if (c == '}' || c == ']') {
                    brackets.pop();
                }
            } while (!brackets.isEmpty() && at < text.length());
            if (inString) {
                open = "a text \"";
            } else if (!brackets.isEmpty()) {
                open = brackets.peek() == '{' ? "a brace {" : "a bracket [";
            }
        }
    }
}
