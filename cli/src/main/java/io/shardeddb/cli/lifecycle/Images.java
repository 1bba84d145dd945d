package io.shardeddb.cli.lifecycle;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.local.node.Compilers;
import io.shardeddb.local.node.DatabasePrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which program of this repository stands for which container image on the local cluster. */
public final class Images {

    static final String VERSION = "0.1.0";
    static final String OPERATOR = "shardeddb/operator";
    static final String SERVER = "shardeddb/shard-server";
    static final String ROUTER = "shardeddb/router";

    private static final List<String> DATABASES = List.of("mariadb", "mysql");
    private static final String JAR_VERSION = "0.1.0-SNAPSHOT";

    private Images() {}

    /**
     * The local cluster's {@code images.json}.
     *
     * @param record whether programs without a cache for their start record one
     * @param compilers which compilers work in the programs
     * @param mysqlHome where the database server is; null for the MariaDB that comes with the build
     * @throws CommandFailure when a program is not built
     */
    static ObjectNode of(Repository repository, boolean record, Compilers compilers, @Nullable Path mysqlHome) {
        ObjectNode images = Json.object();
        java(images, OPERATOR, repository, "operator", "io.shardeddb.operator.Main");
        java(images, SERVER, repository, "shard-server", "io.shardeddb.server.Main");
        java(images, ROUTER, repository, "router", "io.shardeddb.router.Main");
        for (String program : new String[] {OPERATOR, SERVER, ROUTER}) {
            images.withObjectProperty(program)
                    .put("caches", repository.caches().toString())
                    .put("record", record)
                    .put("compilers", compilers.text());
        }
        for (String database : DATABASES) {
            ObjectNode launcher = images.putObject(database).put("kind", "mariadb");
            if (mysqlHome != null) {
                launcher.put("home", mysqlHome.toString());
            }
        }
        return images;
    }

    /**
     * The database server that a cluster is to run.
     *
     * @param file the cluster's {@code images.json}, which knows what it ran last
     * @param wanted what a person asks for; null for the server that made the cluster's data
     * @param used whether the cluster has data
     * @return the folder with its programs; null for the MariaDB that comes with the build
     * @throws CommandFailure when there are no programs, or the data are of another server
     */
    static @Nullable Path mysqlHome(Path file, @Nullable Path wanted, boolean used) throws IOException {
        String last = Files.exists(file)
                ? Json.MAPPER
                        .readTree(file.toFile())
                        .path(DATABASES.getFirst())
                        .path("home")
                        .asText()
                : "";
        if (wanted == null) {
            return !used || last.isEmpty() ? null : Path.of(last);
        }
        Path home = wanted.toAbsolutePath().normalize();
        try {
            DatabasePrograms.in(home);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "--mysql-home: " + e.getMessage(), e);
        }
        if (used && !home.toString().equals(last)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--mysql-home: the data of this cluster were made by "
                            + (last.isEmpty() ? "the MariaDB that comes with sdb" : "the server in " + last)
                            + "; another one needs new data: sdb down --delete-data");
        }
        return home;
    }

    /**
     * The class path of a module that runs as a process.
     *
     * @throws CommandFailure when it is not built
     */
    public static String[] classPath(Repository repository, String module) {
        Path target = repository.root().resolve(module).resolve("target");
        Path jar = target.resolve(module + "-" + JAR_VERSION + ".jar");
        if (!Files.isRegularFile(jar)) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, jar + " is missing; build with: ./sdb build");
        }
        return new String[] {jar.toString(), target.resolve("app").resolve("*").toString()};
    }

    private static void java(ObjectNode images, String image, Repository repository, String module, String main) {
        ObjectNode launcher = images.putObject(image);
        launcher.put("kind", "java").put("main", main);
        for (String entry : classPath(repository, module)) {
            launcher.withArray("classPath").add(entry);
        }
    }
}
