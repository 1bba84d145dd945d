package io.shardeddb.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The machine's own MariaDB with Galera, as Debian and Ubuntu package it; installed when missing and this user may. */
final class DebianMariaDb {

    static final Path SERVER = Path.of("/usr/sbin/mariadbd");
    static final Path GALERA = Path.of("/usr/lib/galera/libgalera_smm.so");
    private static final Path INSTALL_DB = Path.of("/usr/bin/mariadb-install-db");
    private static final String PACKAGES = "mariadb-server galera-4 rsync";
    private static final long INSTALL_MINUTES = 10;
    private static final long COMMAND_SECONDS = 120;

    private DebianMariaDb() {}

    /** Whether everything is there. */
    static boolean installed() {
        return Files.isExecutable(SERVER) && Files.exists(GALERA) && Files.isExecutable(INSTALL_DB);
    }

    /**
     * Installs the packages.
     *
     * @throws IOException with what a person can do when that is not possible
     */
    static void install() throws IOException, InterruptedException {
        String byHand = "install them with: apt-get install " + PACKAGES;
        if (!root() || !Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            throw new IOException("MariaDB and Galera are not installed; " + byHand);
        }
        // Packages start the server after installation where an init system runs; this comparison starts its own.
        run(List.of("apt-get", "update", "-q"), INSTALL_MINUTES * 60);
        run(
                List.of(
                        "sh",
                        "-c",
                        "DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends " + PACKAGES),
                INSTALL_MINUTES * 60);
        if (!installed()) {
            throw new IOException(
                    "after the installation " + SERVER + " or " + GALERA + " is still missing; " + byHand);
        }
    }

    /** {@code mariadbd} refuses to run as root, and state transfer fails on files of another user. */
    static @Nullable String user() {
        return root() ? "mysql" : null;
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** A folder that the server's user can reach and owns. */
    static Path ownedFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        String user = user();
        if (user != null) {
            Files.setOwner(
                    folder,
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
        }
        return folder;
    }

    /** A new folder for data below the system's temporary one, open for the server's user to pass through. */
    static Path temporaryFolder(String prefix) throws IOException {
        Path folder = Files.createTempDirectory(prefix);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder;
    }

    /** Makes the system tables in an empty folder. */
    static void makeSystemTables(Path data) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                INSTALL_DB.toString(),
                "--no-defaults",
                "--datadir=" + data,
                "--auth-root-authentication-method=normal",
                "--skip-test-db"));
        String user = user();
        if (user != null) {
            command.add("--user=" + user);
        }
        run(command, COMMAND_SECONDS);
    }

    private static void run(List<String> command, long seconds) throws IOException, InterruptedException {
        Path log = Files.createTempFile("sdb-bench", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " did not end within " + seconds + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        String.join(" ", command) + " failed:\n" + Files.readString(log, StandardCharsets.ISO_8859_1));
            }
        } finally {
            Files.deleteIfExists(log);
        }
    }

    /** Removes a folder and all that is in it. */
    static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
