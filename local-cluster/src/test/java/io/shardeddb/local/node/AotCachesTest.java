package io.shardeddb.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCachesTest {

    private static final String MAIN = "io.shardeddb.Program";

    @TempDir
    private Path folder;

    private Path jar;
    private AotCaches caches;

    @BeforeEach
    void makeLibraries() throws IOException {
        jar = Files.writeString(folder.resolve("program.jar"), "one");
        caches = new AotCaches(folder.resolve("caches"), true);
    }

    private List<String> start(AotCaches by, String owner) {
        return by.options(MAIN, List.of(jar), owner);
    }

    /** The file that an option of these begins with this text names. */
    private static Path named(List<String> options, String beginning) {
        return options.stream()
                .filter(option -> option.startsWith(beginning))
                .map(option -> Path.of(option.substring(beginning.length())))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void letsOneProcessRecordAndTheOthersStartAsTheyAre() {
        assertThat(start(caches, "first")).contains("-XX:AOTMode=record");
        assertThat(start(caches, "second")).isEmpty();
        assertThat(start(caches, "first")).contains("-XX:AOTMode=record");
    }

    /** Code that is compiled by the profile of a start stays slow under load. */
    @Test
    void recordsNoProfiles() {
        assertThat(start(caches, "first")).contains("-XX:-AOTRecordTraining");
    }

    @Test
    void recordsNoMoreWhenThereIsARecording() throws IOException {
        Files.writeString(named(start(caches, "first"), "-XX:AOTConfiguration="), "recorded");

        assertThat(start(caches, "first")).isEmpty();
        assertThat(start(new AotCaches(folder.resolve("caches"), true), "another daemon"))
                .isEmpty();
    }

    @Test
    void usesTheCacheUntilALibraryChanges() throws IOException {
        Path recording = named(start(caches, "first"), "-XX:AOTConfiguration=");
        String name = recording.getFileName().toString();
        Path cache = recording.resolveSibling(name.substring(0, name.indexOf('.', MAIN.length())) + ".aot");
        Files.writeString(cache, "cache");

        assertThat(start(caches, "second")).contains("-XX:AOTCache=" + cache);

        Files.writeString(jar, "another");
        assertThat(start(caches, "second")).contains("-XX:AOTMode=record");
    }

    @Test
    void recordsOnlyWhenItIsTold() {
        assertThat(start(new AotCaches(folder.resolve("caches"), false), "first"))
                .isEmpty();
    }

    @Test
    void startsWithoutACacheWhereItCannotLook() {
        assertThat(caches.options(MAIN, List.of(folder.resolve("missing.jar")), "first"))
                .isEmpty();
    }

    @Test
    void ordersTheJarsOfAFolder() throws IOException {
        Path libraries = Files.createDirectories(folder.resolve("app"));
        for (String name : List.of("b.jar", "a.jar", "readme.txt")) {
            Files.writeString(libraries.resolve(name), name);
        }

        assertThat(AotCaches.libraries(List.of(jar.toString(), libraries + "/*")))
                .containsExactly(jar, libraries.resolve("a.jar"), libraries.resolve("b.jar"));
    }
}
