package io.shardeddb.local.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code kubectl} while a tape is running. */
final class Kubectl {
    private final String program;
    private final Path folder;
    private final Tape tape;

    Kubectl(String program, Path folder, Tape tape) {
        this.program = program;
        this.folder = folder;
        this.tape = tape;
    }

    /** What one run came to. */
    record Result(int code, String output) {
        void prints(String... texts) {
            assertThat(output).contains(texts);
            assertThat(code).as(output).isZero();
        }

        void fails(String... texts) {
            assertThat(output).contains(texts);
            assertThat(code).as(output).isNotZero();
        }
    }

    /** Runs it with nothing on its standard input. */
    Result run(String... arguments) throws IOException, InterruptedException {
        return with("", arguments);
    }

    /** Runs it with a text on its standard input. */
    Result with(String input, String... arguments) throws IOException, InterruptedException {
        tape.story("kubectl " + String.join(" ", arguments) + (input.isEmpty() ? "" : "   < " + oneLine(input)));
        return finish(start(input, arguments));
    }

    /** Its output when it is not to be told of on the tape. */
    byte[] quietly(String... arguments) throws IOException, InterruptedException {
        return finish(start("", arguments)).output().getBytes(StandardCharsets.UTF_8);
    }

    /** Runs it in the background until it watches, then something else, then ends it and returns what it printed. */
    String watching(Action meanwhile, String... arguments) throws IOException, InterruptedException {
        tape.story("kubectl " + String.join(" ", arguments) + "   (while the next ones run)");
        int before = tape.watches();
        Running running = start("", arguments);
        await().atMost(Duration.ofSeconds(60)).until(() -> tape.watches() > before);
        meanwhile.run();
        await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(5)).until(() -> true);
        running.process().destroy();
        running.process().waitFor(20, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(60)).until(() -> tape.ended() == tape.watches());
        return Files.readString(running.output());
    }

    /** What runs meanwhile. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException, InterruptedException;
    }

    private record Running(Process process, Path output) {}

    private static String oneLine(String text) {
        return text.strip().replace("\n", "; ");
    }

    private Running start(String input, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program, "--kubeconfig=" + folder.resolve("kubeconfig"), "--cache-dir=" + folder.resolve("cache")));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "kubectl", ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("EDITOR", "sed -i /size:/s/8$/9/");
        builder.environment().put("TMPDIR", folder.toString());
        Process process = builder.start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        return new Running(process, output);
    }

    private static Result finish(Running running) throws IOException, InterruptedException {
        if (!running.process().waitFor(60, TimeUnit.SECONDS)) {
            running.process().destroyForcibly();
            throw new AssertionError("kubectl hangs:\n" + Files.readString(running.output()));
        }
        return new Result(running.process().exitValue(), Files.readString(running.output()));
    }
}
