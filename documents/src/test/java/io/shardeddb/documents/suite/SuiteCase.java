package io.shardeddb.documents.suite;

import io.shardeddb.documents.value.DocumentValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A fact of the suite.
 *
 * @param file where it stands
 * @param line the whole line, by which an exception names it
 * @param verb the first word: what is said of the parts
 * @param parts the JSON texts after it
 */
record SuiteCase(String file, String line, String verb, List<String> parts) {

    /** The facts of a file, or what stands in the file of exceptions. */
    static List<SuiteCase> of(String file) {
        return lines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> parse(file, line))
                .toList();
    }

    static List<String> lines(String file) {
        try (InputStream in = Objects.requireNonNull(SuiteCase.class.getResourceAsStream("/suite/" + file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SuiteCase parse(String file, String line) {
        int end = line.indexOf(' ');
        String verb = line.substring(0, end);
        return new SuiteCase(
                file, line, verb, Arrays.asList(line.substring(end + 1).split(" ~ ", -1)));
    }

    /** A part as a value. */
    DocumentValue value(int part) {
        return DocumentValue.parse(parts.get(part));
    }

    @Override
    public String toString() {
        return file + ": " + line;
    }
}
