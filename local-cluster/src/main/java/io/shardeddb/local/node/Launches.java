package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.api.Rights;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes of a container what is to be started. */
final class Launches {
    private static final String MYSQL_DATA = "/var/lib/mysql";
    private static final int LONGEST_SOCKET_PATH = 100;
    private static final Pattern KUBECONFIG_SERVER = Pattern.compile("server: http://(\\S+)");

    private final Map<String, Launcher> images;
    private final Objects objects;
    private final NodePaths paths;
    private final MariaDbFiles mariaDb;

    Launches(Map<String, Launcher> images, Objects objects, NodePaths paths) {
        this.images = images;
        this.objects = objects;
        this.paths = paths;
        this.mariaDb = new MariaDbFiles(paths.tools(), paths.templates());
    }

    /** The image has no launcher here. */
    static final class NoImage extends Exception {
        private static final long serialVersionUID = 1;

        NoImage(String message) {
            super(message);
        }
    }

    /** The container's configuration cannot work; the message says why. */
    static final class BadConfig extends Exception {
        private static final long serialVersionUID = 1;

        BadConfig(String message) {
            super(message);
        }
    }

    ContainerProcess.Plan plan(JsonNode pod, JsonNode container)
            throws IOException, Mounts.NotReady, NoImage, BadConfig {
        String image = container.path("image").asText();
        Launcher launcher = images.get(Launcher.repository(image));
        if (launcher == null) {
            throw new NoImage("no launcher for image \"" + image + "\"; this machine can run "
                    + String.join(", ", images.keySet()));
        }
        Mounts mounts = Mounts.prepare(pod, container, objects, paths);
        Map<String, String> raw = Environment.of(pod, container, objects);
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("HOME", directory(pod).toString());
        environment.put("LANG", "C.UTF-8");
        environment.put("HOSTNAME", Tree.textOr(pod, Meta.name(pod), "spec", "hostname"));
        if (mountsToken(pod)) {
            environment.put("KUBECONFIG", kubeconfig(pod).toString());
        }
        raw.forEach((name, value) -> environment.put(name, mounts.translate(value)));
        List<String> command = texts(container.path("command"), raw, mounts);
        List<String> arguments = texts(container.path("args"), raw, mounts);
        List<String> line = switch (launcher) {
            case Launcher.Java java -> javaLine(java, pod, container, environment, arguments);
            case Launcher.MariaDb ignored -> mariaDbLine(pod, container, mounts, environment, arguments);
            case Launcher.Command ignored -> {
                if (command.isEmpty()) {
                    throw new BadConfig("no command specified");
                }
                List<String> all = new ArrayList<>(command);
                all.addAll(arguments);
                yield all;
            }
        };
        return new ContainerProcess.Plan(line, environment, directory(pod));
    }

    /** Starts a command in the surroundings of a container, for probes and hooks. */
    Process exec(JsonNode pod, JsonNode container, List<String> command) throws IOException {
        try {
            ContainerProcess.Plan plan = plan(pod, container);
            Mounts mounts = Mounts.prepare(pod, container, objects, paths);
            ProcessBuilder builder = new ProcessBuilder(
                            command.stream().map(mounts::translate).toList())
                    .directory(plan.directory().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().putAll(plan.environment());
            return builder.start();
        } catch (Mounts.NotReady | NoImage | BadConfig e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private boolean mountsToken(JsonNode pod) {
        JsonNode ofPod = Tree.at(pod, "spec", "automountServiceAccountToken");
        if (ofPod.isBoolean()) {
            return ofPod.asBoolean();
        }
        JsonNode account = objects.get("serviceaccounts", Meta.namespace(pod), account(pod));
        return account == null || account.path("automountServiceAccountToken").asBoolean(true);
    }

    private static String account(JsonNode pod) {
        return Tree.textOr(pod, "default", "spec", "serviceAccountName");
    }

    /** Stands for the folder with the service account's token that a kubelet mounts. */
    private Path kubeconfig(JsonNode pod) throws IOException {
        String server = KUBECONFIG_SERVER
                .matcher(Files.readString(paths.kubeconfig()))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow(() -> new IOException(paths.kubeconfig() + " names no server"));
        Path file = Files.createDirectories(directory(pod)).resolve("kubeconfig");
        Files.writeString(file, Kubeconfig.text(server, Rights.token(Meta.namespace(pod), account(pod))));
        return file;
    }

    private Path directory(JsonNode pod) {
        return paths.pod(Meta.namespace(pod), Meta.name(pod));
    }

    private static List<String> texts(JsonNode list, Map<String, String> variables, Mounts mounts) {
        List<String> texts = new ArrayList<>();
        Tree.texts(list).forEach(t -> texts.add(mounts.translate(Environment.expand(t, variables))));
        return texts;
    }

    private List<String> javaLine(
            Launcher.Java java,
            JsonNode pod,
            JsonNode container,
            Map<String, String> environment,
            List<String> arguments) {
        String options = environment.getOrDefault("JAVA_TOOL_OPTIONS", "");
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (!options.matches(".*-XX:\\+Use\\w+GC.*")) {
            line.add("-XX:+UseSerialGC");
        }
        if (java.compilers() == Compilers.FIRST) {
            // Many young processes share few processors: the second compiler would take half (docs/performance.md).
            // The command line wins over JAVA_TOOL_OPTIONS, which are meant for a cluster's machines.
            line.add("-XX:TieredStopAtLevel=1");
        }
        line.add("--enable-native-access=ALL-UNNAMED");
        line.add("--sun-misc-unsafe-memory-access=allow");
        line.add("-Djdk.net.hosts.file=" + paths.hosts());
        line.add("-Djava.security.properties=" + paths.javaSecurity());
        line.add("-Djava.net.preferIPv4Stack=true");
        AotCaches caches = java.caches();
        if (caches == null) {
            line.add("-cp");
            line.add(String.join(File.pathSeparator, java.classPath()));
        } else {
            List<Path> libraries = AotCaches.libraries(java.classPath());
            line.addAll(caches.options(
                    java.main(),
                    libraries,
                    directory(pod).resolve(container.path("name").asText()).toString()));
            line.add("-cp");
            line.add(AotCaches.classPath(libraries));
        }
        line.add(java.main());
        line.addAll(arguments);
        return line;
    }

    private List<String> mariaDbLine(
            JsonNode pod, JsonNode container, Mounts mounts, Map<String, String> environment, List<String> arguments)
            throws IOException, BadConfig {
        Path data = mounts.at(MYSQL_DATA);
        if (data == null) {
            data = directory(pod)
                    .resolve("volumes")
                    .resolve(container.path("name").asText() + "-data");
            Files.createDirectories(data);
        }
        if (!Files.exists(data.resolve("mysql"))) {
            initialise(data, environment);
        }
        Path base = mariaDb.base();
        List<String> line = new ArrayList<>();
        line.add(base.resolve("bin/mariadbd").toString());
        line.addAll(MariaDbFiles.common(base, data));
        String name = container.path("name").asText();
        line.add("--bind-address=" + Tree.textOr(pod, "127.0.0.1", "status", "podIP"));
        line.add("--socket=" + socket(pod, name));
        line.add("--pid-file=" + directory(pod).resolve(name + ".pid"));
        line.add("--tmpdir="
                + Files.createDirectories(directory(pod).resolve("volumes").resolve(name + "-tmp")));
        line.add("--skip-name-resolve");
        arguments.stream().filter(a -> a.startsWith("-")).forEach(line::add);
        return line;
    }

    /** A socket's path must be short. */
    private Path socket(JsonNode pod, String container) {
        Path socket = directory(pod).resolve(container + ".sock");
        return socket.toString().length() <= LONGEST_SOCKET_PATH
                ? socket
                : Path.of(System.getProperty("java.io.tmpdir"), "sdb-" + Meta.uid(pod) + ".sock");
    }

    /** What the entry point of the official images does with an empty data directory. */
    private void initialise(Path data, Map<String, String> environment) throws IOException, BadConfig {
        String password = first(environment, "MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD");
        String mayBeEmpty = first(environment, "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD");
        if ((password == null || password.isEmpty()) && mayBeEmpty == null) {
            throw new BadConfig("the database is uninitialized and no password option is specified:"
                    + " set MARIADB_ROOT_PASSWORD or MYSQL_ROOT_PASSWORD");
        }
        List<String> statements = new ArrayList<>();
        String database = first(environment, "MARIADB_DATABASE", "MYSQL_DATABASE");
        if (database != null) {
            statements.add("CREATE DATABASE `" + database.replace("`", "``") + "`");
        }
        String user = first(environment, "MARIADB_USER", "MYSQL_USER");
        String userPassword = first(environment, "MARIADB_PASSWORD", "MYSQL_PASSWORD");
        if (user != null && userPassword != null && !user.equals("root")) {
            String account = MariaDbFiles.quoted(user) + "@'%'";
            statements.add("CREATE USER " + account + " IDENTIFIED BY " + MariaDbFiles.quoted(userPassword));
            if (database != null) {
                statements.add("GRANT ALL ON `" + database.replace("`", "``") + "`.* TO " + account);
            }
        }
        mariaDb.initialise(data, password == null || password.isEmpty() ? null : password, statements);
    }

    private static @Nullable String first(Map<String, String> environment, String... names) {
        for (String name : names) {
            String value = environment.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
