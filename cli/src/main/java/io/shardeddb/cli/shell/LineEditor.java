package io.shardeddb.cli.shell;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jline.reader.Candidate;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

/** The terminal of a person: reads statements with history and completion, runs each, and pages what it says. */
final class LineEditor {

    /** So often the pager looks whether it was interrupted. */
    private static final long KEY_MILLIS = 100;

    private static final int CONTROL_C = 3;

    private final Terminal terminal;
    private final LineReader reader;
    private final Session session;
    private volatile boolean interrupted;

    /**
     * Prepares.
     *
     * @param names what completion offers
     * @param history file of what was typed
     */
    LineEditor(Terminal terminal, Session session, Supplier<Vocabulary> names, Path history) {
        this.terminal = terminal;
        this.session = session;
        this.reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("sdb")
                .parser(new Statements(session, names))
                .completer((line, parsed, candidates) -> {
                    if (parsed instanceof Typed typed) {
                        typed.completion.candidates().forEach(text -> candidates.add(candidate(text)));
                    }
                })
                .variable(LineReader.HISTORY_FILE, history)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "%P  -> ")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
                .build();
    }

    private static Candidate candidate(String text) {
        // After a member's name its value follows at once.
        boolean whole = !text.endsWith(":");
        return new Candidate(text, text, null, null, null, null, whole);
    }

    /**
     * Reads and runs until somebody leaves.
     *
     * @param changed hears of each command that ran
     */
    void run(String prompt, Runnable changed) {
        while (!session.over()) {
            String text;
            try {
                text = reader.readLine(prompt);
            } catch (UserInterruptException e) {
                // Ctrl-C while nothing runs clears the line.
                continue;
            } catch (EndOfFileException e) {
                return;
            }
            Statement statement = Statement.of(text);
            runOne(statement.words());
            changed.run();
        }
    }

    private void runOne(List<String> words) {
        interrupted = false;
        Thread running = Thread.currentThread();
        Paging paging = new Paging(
                terminal.writer(), session.paging() ? terminal.getHeight() : 0, terminal.getWidth(), this::ask);
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> {
            interrupted = true;
            paging.stop();
            running.interrupt();
        });
        try (PrintWriter out = new PrintWriter(paging, true)) {
            int _ = session.run(words, out, terminal.writer());
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
            // It was meant for the command, which is over.
            boolean _ = Thread.interrupted();
            terminal.flush();
        }
    }

    private Paging.Wish ask() throws IOException {
        Attributes before = terminal.enterRawMode();
        try {
            terminal.writer().print("\u001b[7m-- space: more, enter: a line, a: all, q: no more --\u001b[0m");
            terminal.flush();
            NonBlockingReader keys = terminal.reader();
            while (!interrupted) {
                switch (keys.read(KEY_MILLIS)) {
                    case ' ', 'f' -> {
                        return Paging.Wish.SCREEN;
                    }
                    case '\r', '\n', 'j' -> {
                        return Paging.Wish.LINE;
                    }
                    case 'a', 'G' -> {
                        return Paging.Wish.ALL;
                    }
                    case 'q', 'Q', CONTROL_C, NonBlockingReader.EOF -> {
                        return Paging.Wish.NOTHING;
                    }
                    default -> {
                        // Another key, or none yet.
                    }
                }
            }
            return Paging.Wish.NOTHING;
        } finally {
            terminal.setAttributes(before);
            terminal.writer().print("\r\u001b[K");
            terminal.flush();
        }
    }

    /** Tells the line reader whether a statement is whole, and what is being typed. */
    private record Statements(Session session, Supplier<Vocabulary> names) implements Parser {

        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            if (context == ParseContext.COMPLETE) {
                String text = line.substring(0, cursor);
                return new Typed(line, cursor, Completion.of(text, session.commands(), names.get()));
            }
            Statement statement = Statement.of(line);
            String open = statement.open();
            if (open != null && context != ParseContext.SECONDARY_PROMPT) {
                throw new EOFError(-1, line.length(), open + " is open", open.substring(open.length() - 1));
            }
            return new Typed(line, cursor, new Completion(statement.lastBegins(), List.of()));
        }
    }

    /** A line, of which the part that is being typed counts as its word. */
    private record Typed(String line, int cursor, Completion completion) implements CompletingParsedLine {

        @Override
        public String word() {
            return line.substring(Math.min(completion.begins(), cursor), cursor);
        }

        @Override
        public int wordCursor() {
            return word().length();
        }

        @Override
        public int wordIndex() {
            return 0;
        }

        @Override
        public List<String> words() {
            return List.of(word());
        }

        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor();
        }

        @Override
        public int rawWordLength() {
            return wordCursor();
        }
    }
}
