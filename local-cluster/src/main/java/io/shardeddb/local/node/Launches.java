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
import java.util.concurrent.ConcurrentHashMap;
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
    private final Map<Launcher.Database, DatabaseFiles> databases = new ConcurrentHashMap<>();

    Launches(Map<String, Launcher> images, Objects objects, NodePaths paths) {
        this.images = images;
        this.objects = objects;
        this.paths = paths;
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
        Map<String, String> environment = environment(pod, raw, mounts);
        List<String> command = texts(container.path("command"), raw, mounts);
        List<String> arguments = texts(container.path("args"), raw, mounts);
        List<String> line = switch (launcher) {
            case Launcher.Java java -> javaLine(java, pod, container, environment, arguments);
            case Launcher.Database database -> {
                surround(pod, container, mounts, environment, files(database));
                List<String> all = new ArrayList<>(command.isEmpty() ? List.of(DatabaseFiles.ENTRY_POINT) : command);
                all.addAll(arguments);
                yield all;
            }
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
            Mounts mounts = Mounts.prepare(pod, container, objects, paths);
            Map<String, String> environment = environment(pod, Environment.of(pod, container, objects), mounts);
            Launcher launcher =
                    images.get(Launcher.repository(container.path("image").asText()));
            if (launcher instanceof Launcher.Database database) {
                environment.put("PATH", files(database).path() + File.pathSeparator + environment.get("PATH"));
            }
            ProcessBuilder builder = new ProcessBuilder(
                            command.stream().map(mounts::translate).toList())
                    .directory(directory(pod).toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().putAll(environment);
            return builder.start();
        } catch (Mounts.NotReady e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Map<String, String> environment(JsonNode pod, Map<String, String> raw, Mounts mounts) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("HOME", directory(pod).toString());
        environment.put("LANG", "C.UTF-8");
        environment.put("HOSTNAME", Tree.textOr(pod, Meta.name(pod), "spec", "hostname"));
        if (mountsToken(pod)) {
            environment.put("KUBECONFIG", kubeconfig(pod).toString());
        }
        raw.forEach((name, value) -> environment.put(name, mounts.translate(value)));
        return environment;
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
        // What a thread without memory leaves half done must not go on.
        line.add("-XX:+ExitOnOutOfMemoryError");
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

    private DatabaseFiles files(Launcher.Database database) {
        return databases.computeIfAbsent(database, d -> new DatabaseFiles(paths.tools(), paths.templates(), d.home()));
    }

    /**
     * Gives a container of a database image what it finds in the image: programs, and an entry point that knows its
     * folders.
     */
    private void surround(
            JsonNode pod, JsonNode container, Mounts mounts, Map<String, String> environment, DatabaseFiles files)
            throws IOException {
        String name = container.path("name").asText();
        Path own = directory(pod).resolve("volumes");
        Path data = mounts.at(MYSQL_DATA);
        if (data == null) {
            data = Files.createDirectories(own.resolve(name + "-data"));
        }
        List<String> options = new ArrayList<>(files.options(data));
        options.add("--bind-address=" + Tree.textOr(pod, "127.0.0.1", "status", "podIP"));
        options.add("--socket=" + socket(pod, name));
        options.add("--pid-file=" + directory(pod).resolve(name + ".pid"));
        options.add("--tmpdir=" + Files.createDirectories(own.resolve(name + "-tmp")));
        options.add("--skip-name-resolve");
        environment.put("PATH", files.path() + File.pathSeparator + environment.get("PATH"));
        environment.put("MYSQLD_DATA", data.toString());
        environment.put("MYSQLD_SYSTEM_TABLES", files.systemTables().toString());
        environment.put("MYSQLD_SET_UP", setUp(environment, files));
        environment.put("MYSQLD_OPTIONS", String.join("\n", options));
    }

    /** A socket's path must be short. */
    private Path socket(JsonNode pod, String container) {
        Path socket = directory(pod).resolve(container + ".sock");
        return socket.toString().length() <= LONGEST_SOCKET_PATH
                ? socket
                : Path.of(System.getProperty("java.io.tmpdir"), "sdb-" + Meta.uid(pod) + ".sock");
    }

    /** The data directory that the official entry point would make with these variables; empty when it would refuse. */
    private String setUp(Map<String, String> environment, DatabaseFiles files) throws IOException {
        String password = first(environment, "MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD");
        String mayBeEmpty = first(environment, "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD");
        if ((password == null || password.isEmpty()) && mayBeEmpty == null) {
            return "";
        }
        List<String> statements = new ArrayList<>();
        String database = first(environment, "MARIADB_DATABASE", "MYSQL_DATABASE");
        if (database != null) {
            statements.add("CREATE DATABASE `" + database.replace("`", "``") + "`");
        }
        String user = first(environment, "MARIADB_USER", "MYSQL_USER");
        String userPassword = first(environment, "MARIADB_PASSWORD", "MYSQL_PASSWORD");
        if (user != null && userPassword != null && !user.equals("root")) {
            String account = DatabaseFiles.quoted(user) + "@'%'";
            statements.add("CREATE USER " + account + " IDENTIFIED BY " + DatabaseFiles.quoted(userPassword));
            if (database != null) {
                statements.add("GRANT ALL ON `" + database.replace("`", "``") + "`.* TO " + account);
            }
        }
        return files.setUp(password == null || password.isEmpty() ? null : password, statements)
                .toString();
    }

    /**
     * The first of these variables that is set, or else the content of the file that it names with {@code _FILE} at its
     * end.
     */
    private static @Nullable String first(Map<String, String> environment, String... names) throws IOException {
        for (String name : names) {
            String value = environment.get(name);
            if (value != null) {
                return value;
            }
            String file = environment.get(name + "_FILE");
            if (file != null) {
                return Files.readString(Path.of(file)).replaceAll("\n+$", "");
            }
        }
        return null;
    }
}
