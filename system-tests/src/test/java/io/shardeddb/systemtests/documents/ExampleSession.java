package io.shardeddb.systemtests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.Main;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A session at a shell as a page shows it: in blocks of code each line that begins with {@code $} is a command, and the
 * lines behind it are what it printed. What differs from run to run is masked.
 */
final class ExampleSession {

    private static final String FENCE = "```";
    private static final String PROMPT = "$ ";
    private static final String MARK = "-- next command --";
    private static final Pattern NUMBERS = Pattern.compile("[0-9]{13,}");
    private static final Pattern IDS = Pattern.compile("\\b[0-9a-hjkmnp-tv-z]{26}\\b");
    private static final Pattern TOKENS = Pattern.compile("(\"(?:cursor|continuation)\":)\"[^\"]+\"");

    private final List<String> commands = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();

    private ExampleSession() {}

    /** Reads a page. */
    static ExampleSession read(Path page) throws IOException {
        ExampleSession session = new ExampleSession();
        boolean inside = false;
        StringBuilder output = new StringBuilder();
        for (String line : Files.readAllLines(page)) {
            boolean fence = line.startsWith(FENCE);
            if (fence || line.startsWith(PROMPT)) {
                session.end(output);
            }
            if (fence) {
                inside = !inside;
            } else if (inside && line.startsWith(PROMPT)) {
                session.commands.add(line.substring(PROMPT.length()));
            } else if (inside) {
                output.append(line).append('\n');
            }
        }
        assertThat(session.commands).as("commands of %s", page).isNotEmpty();
        return session;
    }

    private void end(StringBuilder output) {
        if (outputs.size() < commands.size()) {
            outputs.add(output.toString());
        }
        output.setLength(0);
    }

    /** Commands and what the page says that they print, masked. */
    String expected() {
        return together(outputs);
    }

    /**
     * Carries out the commands one after the other in one shell.
     *
     * @param endpoint in the place of {@code localhost:5000}, and of the local cluster for {@code ./sdb}
     * @return commands and what they printed, masked
     */
    String run(String endpoint) throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder(
                "sdb() { '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' %s \"$@\" --endpoint '%s'; }\n"
                        .formatted(
                                ProcessHandle.current().info().command().orElse("java"),
                                System.getProperty("java.class.path", ""),
                                Main.class.getName(),
                                endpoint));
        for (String command : commands) {
            script.append("echo '").append(MARK).append("'\n");
            script.append(command.replace("localhost:5000", URI.create(endpoint).getAuthority())
                            .replace("./sdb ", "sdb "))
                    .append('\n');
        }
        Process shell = new ProcessBuilder("bash", "-c", script.toString())
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().close();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        shell.waitFor();
        List<String> each = new ArrayList<>();
        for (String output : printed.split(Pattern.quote(MARK) + "\n", -1)) {
            // An answer has no line end of its own.
            each.add(output.isEmpty() || output.endsWith("\n") ? output : output + "\n");
        }
        return together(each.subList(1, each.size()));
    }

    private String together(List<String> each) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < commands.size(); i++) {
            all.append(PROMPT).append(commands.get(i)).append('\n').append(i < each.size() ? each.get(i) : "");
        }
        String text = NUMBERS.matcher(all).replaceAll("N");
        text = TOKENS.matcher(text).replaceAll("$1\"TOKEN\"");
        return IDS.matcher(text).replaceAll("ID");
    }
}
