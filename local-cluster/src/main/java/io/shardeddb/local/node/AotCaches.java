package io.shardeddb.local.node;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches that let Java programs start with classes loaded and code linked (JEP 483 and 514). Nothing is run for the
 * purpose. Of each program, the first process that is started without a cache
 * records what it does. It leaves a recording when it is asked to end. {@link #assemble} makes caches of recordings
 * once the cluster is down.
 *
 * <p>Profiles of methods (JEP 515) are left out. They tell of a start, and code that is compiled by them stays slow
 * under load: point reads took twice the processor time.
 *
 * <p>A cache is bound to the virtual machine and to each library's size and time of change, which are in its name. A
 * virtual machine that finds a cache not to fit starts without it, so a cache can be wrong only by being of no use.
 */
public final class AotCaches {

    private static final Logger LOG = LoggerFactory.getLogger(AotCaches.class);

    private static final String CACHE = ".aot";
    private static final String RECORDING = ".aotconf";
    private static final String ARGUMENTS = ".arguments";
    /** Diagnostic options, which another version of Java may not have any more. */
    private static final List<String> WITHOUT_PROFILES =
            List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining");

    private static final Path SETSID = Path.of("/usr/bin/setsid");

    /**
     * For each recording: takes it by giving it a name of its own, makes the cache next to its place, and moves it
     * there. Parameters, in groups of four: the recording, the file of arguments, the cache, the pattern of caches that
     * it makes obsolete.
     */
    private static final String SCRIPT = """
            while [ $# -ge 4 ]; do
              taken="$1.$$"
              if mv "$1" "$taken" 2>/dev/null; then
                if [ ! -e "$3" ] && "$JAVA" "@$2" -XX:AOTMode=create "-XX:AOTConfiguration=$taken" "-XX:AOTCache=$3.$$"; then
                  for old in "$4"*.aot; do [ "$old" = "$3" ] || rm -f "$old"; done
                  mv "$3.$$" "$3"
                fi
                rm -f "$taken" "$2" "$3.$$"
              fi
              shift 4
            done
            """;

    private final Path folder;
    private final boolean recording;

    /** Per program without a cache, who records it. */
    private final Map<String, String> recorders = new ConcurrentHashMap<>();

    /**
     * Caches in a folder.
     *
     * @param folder where caches and recordings are; made when missing
     * @param recording whether processes record where there is no cache: it makes them slower, above all to end
     */
    public AotCaches(Path folder, boolean recording) {
        this.folder = folder;
        this.recording = recording;
    }

    /**
     * The options with which a program starts: they use its cache, or record for it, or do nothing when another process
     * records. They belong in front of the class path, which must be the one given.
     *
     * @param main the main class
     * @param libraries the jars of the class path in order
     * @param owner who starts it, the same for each of its starts
     */
    public List<String> options(String main, List<Path> libraries, String owner) {
        try {
            String program = main + "-" + identity(libraries);
            Path cache = folder.resolve(program + CACHE);
            if (Files.exists(cache)) {
                return List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off");
            }
            if (!recording || !owner.equals(recorders.computeIfAbsent(program, key -> owner)) || isRecorded(program)) {
                return List.of();
            }
            Files.createDirectories(folder);
            String recording = program + "." + HexFormat.of().toHexDigits(owner.hashCode());
            writeArguments(folder.resolve(recording + ARGUMENTS), libraries);
            List<String> options = new ArrayList<>(WITHOUT_PROFILES);
            options.addAll(List.of(
                    "-XX:AOTMode=record",
                    "-XX:AOTConfiguration=" + folder.resolve(recording + RECORDING),
                    "-Xlog:aot=off",
                    "-Xlog:cds=off"));
            return options;
        } catch (IOException e) {
            // A program starts without a cache as well, only later.
            LOG.warn("No cache for {}: {}", main, e.toString());
            return List.of();
        }
    }

    private boolean isRecorded(String program) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (DirectoryStream<Path> recordings = Files.newDirectoryStream(folder, program + ".*" + RECORDING)) {
            return recordings.iterator().hasNext();
        }
    }

    private static String identity(List<Path> libraries) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append(WITHOUT_PROFILES).append('\n');
        text.append(System.getProperty("java.home")).append('\n');
        text.append(System.getProperty("java.vm.version")).append('\n');
        for (Path library : libraries) {
            text.append(library).append(' ').append(Files.size(library)).append(' ');
            text.append(Files.getLastModifiedTime(library).toMillis()).append('\n');
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void writeArguments(Path file, List<Path> libraries) throws IOException {
        String classPath = classPath(libraries).replace("\\", "\\\\").replace("\"", "\\\"");
        Path next = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid());
        Files.writeString(next, """
                -Xmx512m
                -Xlog:aot=off
                -Xlog:cds=off
                --enable-native-access=ALL-UNNAMED
                --sun-misc-unsafe-memory-access=allow
                -cp "%s"
                """.formatted(classPath));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The class path of jars. */
    public static String classPath(List<Path> libraries) {
        return String.join(
                File.pathSeparator, libraries.stream().map(Path::toString).toList());
    }

    /**
     * The jars that a class path names, in an order that stays the same.
     *
     * @param classPath entries; one that ends in {@code /*} stands for all jars of a folder
     */
    public static List<Path> libraries(List<String> classPath) {
        List<Path> libraries = new ArrayList<>();
        for (String entry : classPath) {
            if (!entry.endsWith("/*")) {
                libraries.add(Path.of(entry));
                continue;
            }
            try (Stream<Path> files = Files.list(Path.of(entry.substring(0, entry.length() - 2)))) {
                files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(libraries::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return libraries;
    }

    /**
     * Makes caches of the recordings that are there, in the background and with the least priority; returns at once. To
     * be called when the processes have ended. What does not succeed is recorded again.
     */
    public void assemble() {
        try {
            List<String> recordings = recordings();
            if (recordings.isEmpty()) {
                return;
            }
            List<String> command = new ArrayList<>();
            if (Files.isExecutable(SETSID)) {
                command.add(SETSID.toString());
            }
            command.addAll(List.of("nice", "-n", "19", "sh", "-c", SCRIPT, "sh"));
            command.addAll(recordings);
            File nowhere = Path.of("/dev/null").toFile();
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(nowhere)
                    .redirectOutput(nowhere)
                    .redirectError(nowhere);
            builder.environment()
                    .put(
                            "JAVA",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString());
            builder.start();
        } catch (IOException e) {
            LOG.warn("No caches are made: {}", e.toString());
        }
    }

    /** The script's parameters. */
    private List<String> recordings() throws IOException {
        List<String> parameters = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return parameters;
        }
        try (DirectoryStream<Path> recordings = Files.newDirectoryStream(folder, "*" + RECORDING)) {
            for (Path recording : recordings) {
                String name = recording.getFileName().toString();
                String owned = name.substring(0, name.length() - RECORDING.length());
                String program = owned.substring(0, owned.lastIndexOf('.'));
                parameters.add(recording.toString());
                parameters.add(folder.resolve(owned + ARGUMENTS).toString());
                parameters.add(folder.resolve(program + CACHE).toString());
                parameters.add(folder.resolve(program.substring(0, program.lastIndexOf('-') + 1))
                        .toString());
            }
        }
        return parameters;
    }
}
