package io.shardeddb.cli.shell;

import java.io.IOException;
import java.io.Writer;
import java.util.Objects;

/**
 * Stops after each screen of output and asks whether to go on. Where the reader wants no more, writing fails, so that a
 * command which looks at its output can stop early. Nothing is held back.
 */
final class Paging extends Writer {

    /** What a reader may want after a screen. */
    enum Wish {
        /** Another screen. */
        SCREEN,
        /** One more line. */
        LINE,
        /** All that is left, without stopping. */
        ALL,
        /** Nothing more. */
        NOTHING
    }

    /** Asks the reader. */
    @FunctionalInterface
    interface Reader {
        /** What is wanted after a screen. */
        Wish ask() throws IOException;
    }

    private final Writer out;
    private final int height;
    private final int width;
    private final Reader reader;
    private int left;
    private int column;
    private boolean paging;
    private volatile boolean over;

    /**
     * Begins with a whole screen.
     *
     * @param height lines of the screen; below 2: it never stops
     * @param width columns of the screen
     */
    Paging(Writer out, int height, int width, Reader reader) {
        this.out = out;
        this.height = height;
        this.width = Math.max(1, width);
        this.reader = Objects.requireNonNull(reader);
        this.left = height - 1;
        this.paging = height > 1;
    }

    /** Takes no more output, as when the command was interrupted. */
    void stop() {
        over = true;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        int begin = offset;
        for (int i = offset; i < offset + length && !over; i++) {
            boolean ended = text[i] == '\n';
            column = ended ? 0 : column + 1;
            if (paging && (ended || column > width)) {
                column = ended ? 0 : 1;
                if (--left == 0) {
                    out.write(text, begin, i + 1 - begin);
                    out.flush();
                    begin = i + 1;
                    ask();
                }
            }
        }
        if (over) {
            throw new IOException("no more is wanted");
        }
        out.write(text, begin, offset + length - begin);
    }

    private void ask() throws IOException {
        switch (reader.ask()) {
            case SCREEN -> left = height - 1;
            case LINE -> left = 1;
            case ALL -> paging = false;
            case NOTHING -> over = true;
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.flush();
    }
}
