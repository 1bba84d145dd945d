package io.shardeddb.testdata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A script in {@code src/test/resources/testdata}. Lines that begin with {@code #} are prose. Each command is a line,
 * {@code ----}, and the picture that follows from it, up to an empty line:
 *
 * <pre>
 * # What the rule is.
 * next waiting=3 way=2ms
 * ----
 * waits
 * </pre>
 *
 * <p>With {@code -Dtestdata.write=true} a run writes the pictures that it got into the script instead of comparing
 * them. Commit them only when it is understood what changed them, and when they are wanted.
 */
public final class Script {
    private static final Path FOLDER = Path.of("src/test/resources/testdata");
    private static final String RULE = "----";

    private final String name;
    private final Function<Command, String> carryOut;
    private final StringBuilder run = new StringBuilder();

    private Script(String name, Function<Command, String> carryOut) {
        this.name = name;
        this.carryOut = carryOut;
    }

    /**
     * Runs a script, and compares its result with what stands there.
     *
     * @param name of its file
     * @param carryOut gives the picture for a command: lines without an empty one among them
     * @throws AssertionError when a picture differs, an argument is used by nobody, or a command has no picture
     */
    public static void run(String name, Function<Command, String> carryOut) {
        try {
            Path file = FOLDER.resolve(name);
            String written = Files.readString(file);
            String got = new Script(name, carryOut).through(written.lines().toList());
            if (Boolean.getBoolean("testdata.write")) {
                Files.writeString(file, got);
            }
            assertThat(got)
                    .as("%s: if what changed is wanted, write it with -Dtestdata.write=true", name)
                    .isEqualTo(Boolean.getBoolean("testdata.write") ? got : written);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String through(List<String> lines) {
        int at = 0;
        while (at < lines.size()) {
            String line = lines.get(at++);
            append(line);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (at >= lines.size() || !lines.get(at).equals(RULE)) {
                throw new AssertionError(name + ":" + at + ": no line " + RULE + " follows the command: " + line);
            }
            append(RULE);
            picture(line, at).lines().forEach(this::append);
            while (at < lines.size() && !lines.get(at).isBlank()) {
                at++;
            }
        }
        return run.toString();
    }

    private String picture(String line, int number) {
        Command command = Command.of(line);
        try {
            String picture = carryOut.apply(command).strip();
            command.refuseUnused();
            if (picture.isEmpty() || picture.lines().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException("a picture has lines, none of them empty: " + picture);
            }
            return picture;
        } catch (RuntimeException e) {
            throw new AssertionError(name + ":" + number + ": " + line + ": " + e.getMessage(), e);
        }
    }

    private void append(String line) {
        run.append(line).append('\n');
    }
}
