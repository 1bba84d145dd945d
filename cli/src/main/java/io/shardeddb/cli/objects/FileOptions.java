package io.shardeddb.cli.objects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.cluster.Manifests;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of the commands that bring objects from files to the API. */
final class FileOptions {

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            required = true,
            arity = "1..*",
            description = "The files.")
    List<Path> files = List.of();

    @Option(names = "--allow", paramLabel = "CHANGE", description = TablePlan.ALLOW)
    List<String> allowed = List.of();

    /** The objects of all files, with what is allowed besides. */
    List<ObjectNode> read(String namespace) {
        List<ObjectNode> objects = Manifests.read(files, namespace);
        objects.forEach(object -> Manifests.allow(object, allowed));
        return objects;
    }
}
