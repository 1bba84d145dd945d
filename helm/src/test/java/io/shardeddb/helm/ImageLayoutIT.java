package io.shardeddb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.local.LocalCluster;
import io.shardeddb.local.Settings;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Dockerfiles, without a builder of images: their COPY and RUN steps are done in a folder, which becomes read-only,
 * and their ENTRYPOINT is run there, by the image's user where the test may change users.
 */
final class ImageLayoutIT {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String ANYBODY = "rwxr-xr-x";

    @TempDir
    private Path folder;

    @Test
    void theOperatorStartsFromItsImagesFiles() throws Exception {
        Dockerfile file = Dockerfile.read(ROOT, "operator");
        Path app = layOut(file);
        try (LocalCluster cluster = LocalCluster.start(folder.resolve("home"), Settings.defaults())) {
            openToAll(folder);
            openToAll(folder.resolve("home"));
            String address = freeAddress(8080);
            Process operator = entryPoint(
                    file,
                    app,
                    Map.of(
                            "POD_IP",
                            address,
                            "KUBECONFIG",
                            cluster.kubeconfig().toString(),
                            "JAVA_TOOL_OPTIONS",
                            "-Xmx128m -XX:+UseSerialGC"));
            try {
                await("alive").atMost(Duration.ofMinutes(2)).ignoreExceptions().untilAsserted(() -> {
                    assertThat(operator.isAlive()).as("%s", log()).isTrue();
                    assertThat(status("http://" + address + ":8080/health/live"))
                            .isEqualTo(200);
                });
                assertThat(log()).doesNotContain("[error][aot]").doesNotContain("Permission denied");
            } finally {
                operator.destroy();
                assertThat(operator.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator", "shard-server", "router"})
    void imagesRunAsAPersonOfNoRights(String module) throws IOException {
        Dockerfile file = Dockerfile.read(ROOT, module);
        assertThat(file.user()).isEqualTo("10001:10001");
        assertThat(file.entryPoint().getFirst()).isEqualTo("java");
        for (Dockerfile.Copy copy : file.copies()) {
            assertThat(ROOT.resolve(copy.from())).exists();
        }
        assertThat(file.run()).hasSize(1);
        assertThat(file.entryPoint().getLast()).isEqualTo(file.run().getFirst().split(" ", -1)[2]);
        assertThat(Files.readAllLines(ROOT.resolve(".dockerignore")))
                .contains("**", "!" + module + "/target/*.jar", "!" + module + "/target/app");
    }

    private Path layOut(Dockerfile file) throws IOException, InterruptedException {
        Path app = Files.createDirectory(folder.resolve("app"));
        for (Dockerfile.Copy copy : file.copies()) {
            Path target = copy.to().startsWith("/") ? folder.resolve(copy.to().substring(1)) : app.resolve(copy.to());
            copyTree(ROOT.resolve(copy.from()), target);
        }
        for (String command : file.run()) {
            // What lies at the image's root lies beside the program's folder here.
            ProcessBuilder builder = new ProcessBuilder("sh", "-c", command.replace(" /prepare.sh", " ../prepare.sh"))
                    .directory(app.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("build.log").toFile());
            // A cache of what is loaded in the first seconds starts the program as well: whether it helps is not asked
            // here.
            builder.environment().put("TRAINING_SECONDS", "5");
            // An image's only Java is its base's; here an older one may come first.
            builder.environment()
                    .merge(
                            "PATH",
                            Path.of(System.getProperty("java.home"), "bin").toString(),
                            (path, first) -> first + File.pathSeparator + path);
            Process step = builder.start();
            assertThat(step.waitFor(4, TimeUnit.MINUTES)).isTrue();
            assertThat(step.exitValue())
                    .as(Files.readString(folder.resolve("build.log")))
                    .isZero();
        }
        assertThat(app.resolve("app.aot")).isNotEmptyFile();
        try (Stream<Path> all = Files.walk(app)) {
            for (Path path : all.toList()) {
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "r-xr-xr-x" : "r--r--r--"));
            }
        }
        return app;
    }

    private static void copyTree(Path from, Path to) throws IOException {
        if (Files.isRegularFile(from)) {
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
            return;
        }
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private Process entryPoint(Dockerfile file, Path app, Map<String, String> environment) throws IOException {
        List<String> line = new ArrayList<>();
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(folder, "unix:uid"));
        if (root && Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            String[] user = file.user().split(":", -1);
            line.addAll(List.of("/usr/bin/setpriv", "--reuid=" + user[0], "--regid=" + user[1], "--clear-groups"));
        }
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(file.entryPoint().subList(1, file.entryPoint().size()));
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(app.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("run.log").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("run.log"));
    }

    private static void openToAll(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(ANYBODY));
    }

    private static int status(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** A loopback address on which nobody listens on this port. */
    private static String freeAddress(int port) {
        while (true) {
            String address = "127.201." + ThreadLocalRandom.current().nextInt(256) + "."
                    + ThreadLocalRandom.current().nextInt(1, 255);
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), 200);
            } catch (IOException nobody) {
                return address;
            }
        }
    }

    /** What of a Dockerfile with two stages is done here. */
    private record Dockerfile(List<Copy> copies, List<String> run, String user, List<String> entryPoint) {

        private record Copy(String from, String to) {}

        static Dockerfile read(Path root, String module) throws IOException {
            List<Copy> copies = new ArrayList<>();
            List<String> run = new ArrayList<>();
            String user = "";
            List<String> entryPoint = List.of();
            for (String raw : Files.readAllLines(root.resolve(module).resolve("Dockerfile"))) {
                String line = raw.replace("${VERSION}", "0.1.0-SNAPSHOT");
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "COPY" -> {
                        if (!words[1].startsWith("--from")) {
                            copies.add(new Copy(words[1], words[2]));
                        }
                    }
                    case "RUN" -> run.add(line.substring("RUN ".length()));
                    case "USER" -> user = words[1];
                    case "ENTRYPOINT" ->
                        entryPoint = List.of(
                                new ObjectMapper().readValue(line.substring("ENTRYPOINT ".length()), String[].class));
                    default -> assertThat(words[0]).isIn("#", "", "ARG", "FROM", "WORKDIR", "EXPOSE");
                }
            }
            return new Dockerfile(List.copyOf(copies), List.copyOf(run), user, entryPoint);
        }
    }
}
