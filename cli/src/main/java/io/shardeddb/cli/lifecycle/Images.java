package io.shardeddb.cli.lifecycle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.CommandFailure;
import io.shardeddb.cli.ExitCode;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.local.node.Compilers;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which program of this repository stands for which container image on the local cluster. */
final class Images {

    static final String VERSION = "0.1.0";
    static final String OPERATOR = "shardeddb/operator";
    static final String SERVER = "shardeddb/shard-server";
    static final String ROUTER = "shardeddb/router";

    private static final String JAR_VERSION = "0.1.0-SNAPSHOT";

    private Images() {}

    /**
     * The local cluster's {@code images.json}.
     *
     * @param record whether programs without a cache for their start record one
     * @param compilers which compilers work in the programs
     * @throws CommandFailure when a program is not built
     */
    static ObjectNode of(Repository repository, boolean record, Compilers compilers) {
        ObjectNode images = new ObjectMapper().createObjectNode();
        java(images, OPERATOR, repository, "operator", "io.shardeddb.operator.Main");
        java(images, SERVER, repository, "shard-server", "io.shardeddb.server.Main");
        java(images, ROUTER, repository, "router", "io.shardeddb.router.Main");
        for (String program : new String[] {OPERATOR, SERVER, ROUTER}) {
            images.withObjectProperty(program)
                    .put("caches", repository.caches().toString())
                    .put("record", record)
                    .put("compilers", compilers.text());
        }
        images.putObject("mariadb").put("kind", "mariadb");
        images.putObject("mysql").put("kind", "mariadb");
        return images;
    }

    /** The class path of a module that runs as a process. */
    static String[] classPath(Repository repository, String module) {
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
