package io.shardeddb.local.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The programs of a MySQL-compatible database server on this machine.
 *
 * @param version what the server says of itself
 * @param mySql whether it is MySQL; else it is MariaDB
 * @param server the command that runs the server, without options
 * @param client the command that runs its client, without options
 * @param options the options that every start of the server needs, without the data directory
 * @param share the folder with messages and, of MariaDB, the scripts of the system tables
 */
public record DatabasePrograms(
        String version, boolean mySql, List<String> server, List<String> client, List<String> options, Path share) {

    private static final List<String> SERVER_FOLDERS =
            List.of("bin", "sbin", "libexec", "usr/sbin", "usr/bin", "usr/libexec");
    private static final List<String> SHARE_FOLDERS =
            List.of("share", "share/mysql", "share/mariadb", "usr/share/mysql", "usr/share/mariadb", "usr/share");
    private static final List<String> LIBRARY_FOLDERS =
            List.of("lib", "lib/private", "lib64", "usr/lib64", "usr/lib", "usr/lib/x86_64-linux-gnu");
    private static final String LOADER = "lib64/ld-linux-x86-64.so.2";

    /**
     * Finds the programs in a folder: an unpacked archive of MySQL or MariaDB, {@code /usr}, or the root folder of
     * another Linux, whose own loader and libraries are then used.
     *
     * @throws IOException saying what is missing, or that the server cannot be run
     */
    public static DatabasePrograms in(Path home) throws IOException {
        Path server = program(home, List.of("mysqld", "mariadbd"), "a server: mysqld or mariadbd in " + SERVER_FOLDERS);
        Path client = program(home, List.of("mariadb", "mysql"), "a client: mysql or mariadb in " + SERVER_FOLDERS);
        Path share = SHARE_FOLDERS.stream()
                .map(home::resolve)
                .filter(folder -> Files.exists(folder.resolve("english/errmsg.sys")))
                .findFirst()
                .orElseThrow(() -> missing(home, "the messages english/errmsg.sys in " + SHARE_FOLDERS));
        List<String> call = call(home, server);
        String version = version(call);
        boolean mySql = !version.contains("MariaDB");
        List<String> options = new ArrayList<>(List.of(
                "--basedir=" + base(home, server),
                "--lc-messages-dir=" + share,
                "--character-sets-dir=" + share.resolve("charsets")));
        if (mySql) {
            options.addAll(List.of("--mysqlx=OFF", "--secure-file-priv=NULL"));
        }
        return new DatabasePrograms(version, mySql, call, call(home, client), List.copyOf(options), share);
    }

    private static Path base(Path home, Path server) {
        Path folder = server.getParent();
        Path base = folder == null ? null : folder.getParent();
        return base == null ? home : base;
    }

    private static IOException missing(Path home, String what) {
        return new IOException(home + " has no " + what.replaceFirst("^(a|the) ", ""));
    }

    private static Path program(Path home, List<String> names, String what) throws IOException {
        return SERVER_FOLDERS.stream()
                .flatMap(folder ->
                        names.stream().map(name -> home.resolve(folder).resolve(name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing(home, what));
    }

    /** A program is run with the libraries of its folder, and by the folder's own loader where it has one. */
    private static List<String> call(Path home, Path program) {
        String libraries = LIBRARY_FOLDERS.stream()
                .map(home::resolve)
                .filter(Files::isDirectory)
                .map(Path::toString)
                .collect(Collectors.joining(":"));
        Path loader = home.resolve(LOADER);
        if (Files.isExecutable(loader)) {
            return List.of(loader.toString(), "--library-path", libraries, program.toString());
        }
        return libraries.isEmpty()
                ? List.of(program.toString())
                : List.of("env", "LD_LIBRARY_PATH=" + libraries, program.toString());
    }

    private static String version(List<String> call) throws IOException {
        List<String> command = Stream.concat(call.stream(), Stream.of("--no-defaults", "--version"))
                .toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking the database server for its version", e);
        }
        return output;
    }

    /** A script of the system tables of MariaDB; its name begins with mysql before version 11. */
    @Nullable
    Path script(String name) {
        return Stream.of(name, name.replaceFirst("^mariadb_", "mysql_"))
                .map(share::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
    }
}
