package io.shardeddb.cli.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads comma-separated values as RFC 4180 has them: quotes around fields with commas, quotes (doubled) or line feeds.
 */
public final class CsvReader implements AutoCloseable {

    private final BufferedReader reader;
    private long line = 1;
    private long recordLine = 1;

    /** @param reader closed with this */
    public CsvReader(Reader reader) {
        this.reader = reader instanceof BufferedReader buffered ? buffered : new BufferedReader(reader);
    }

    /** A fault in the file, with its line. */
    public static final class Malformed extends IOException {

        private static final long serialVersionUID = 1;

        Malformed(long line, String message) {
            super("line " + line + ": " + message);
        }
    }

    /** Line on which the last record began, from 1. */
    public long line() {
        return recordLine;
    }

    /**
     * The next record's fields; null at the end. Blank lines are passed over.
     *
     * @throws Malformed when a quote is not closed, or text follows a closing quote
     */
    public @Nullable List<String> next() throws IOException {
        int character = reader.read();
        while (character == '\n' || character == '\r') {
            line += character == '\n' ? 1 : 0;
            character = reader.read();
        }
        if (character < 0) {
            return null;
        }
        recordLine = line;
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        while (true) {
            if (character == '"' && field.isEmpty()) {
                quoted(field);
                character = reader.read();
                if (character >= 0 && character != ',' && character != '\n' && character != '\r') {
                    throw new Malformed(line, "text after a closing quote");
                }
            }
            if (character < 0 || character == '\n' || character == ',') {
                fields.add(field.toString());
                field.setLength(0);
                if (character != ',') {
                    line += character == '\n' ? 1 : 0;
                    return fields;
                }
            } else if (character != '\r') {
                field.append((char) character);
            }
            character = reader.read();
        }
    }

    private void quoted(StringBuilder field) throws IOException {
        long opened = line;
        while (true) {
            int character = reader.read();
            if (character < 0) {
                throw new Malformed(opened, "a quote is not closed");
            }
            if (character == '"') {
                reader.mark(1);
                if (reader.read() != '"') {
                    reader.reset();
                    return;
                }
            }
            line += character == '\n' ? 1 : 0;
            field.append((char) character);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
