package io.shardeddb.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording of a real process becomes a cache that the next one starts with. */
class AotCachesIT {

    private static final long MOST_SECONDS = 60;

    @TempDir
    private Path folder;

    /** What is run: it tells on its output that it ran. */
    public static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            System.out.println("ran");
        }
    }

    private Path jar() throws IOException {
        Path jar = folder.resolve("program.jar");
        String name = Program.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream in =
                        Objects.requireNonNull(Program.class.getClassLoader().getResourceAsStream(name))) {
            out.putNextEntry(new JarEntry(name));
            in.transferTo(out);
        }
        return jar;
    }

    private String run(List<String> options, Path jar) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.addAll(List.of("-Xlog:aot", "-cp", jar.toString(), Program.class.getName()));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }

    @Test
    void makesACacheOfWhatAProcessRecorded() throws Exception {
        Path jar = jar();
        AotCaches caches = new AotCaches(folder.resolve("caches"), true);
        assertThat(run(caches.options(Program.class.getName(), List.of(jar), "test"), jar))
                .contains("ran");

        caches.assemble();

        await().atMost(Duration.ofSeconds(MOST_SECONDS)).until(() -> files().equals(List.of("aot")));
        List<String> options = caches.options(Program.class.getName(), List.of(jar), "test");
        assertThat(options).anyMatch(option -> option.startsWith("-XX:AOTCache="));
        assertThat(run(options, jar)).contains("ran").contains("Opened AOT cache");
    }

    /** What the folder of caches holds, by the ends of the names. */
    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("caches"))) {
            return files.map(file -> file.getFileName().toString())
                    .map(name -> name.substring(name.lastIndexOf('.') + 1))
                    .toList();
        }
    }
}
