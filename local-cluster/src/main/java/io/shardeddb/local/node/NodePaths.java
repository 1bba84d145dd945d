package io.shardeddb.local.node;

import java.nio.file.Path;

/**
 * Where the node agent keeps its files.
 *
 * @param home the cluster's home
 * @param tools where unpacked programs stand
 */
public record NodePaths(Path home, Path tools) {
    Path pods() {
        return home.resolve("pods");
    }

    Path pod(String namespace, String name) {
        return pods().resolve(namespace + "_" + name);
    }

    /** The volumes of claims. */
    public Path volumes() {
        return home.resolve("volumes");
    }

    /** Data directories to copy, with this cluster's passwords. */
    Path templates() {
        return home.resolve("templates");
    }

    Path hosts() {
        return home.resolve("hosts");
    }

    Path javaSecurity() {
        return home.resolve("java.security");
    }

    /** The client configuration. */
    public Path kubeconfig() {
        return home.resolve("kubeconfig");
    }
}
