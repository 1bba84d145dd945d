package io.shardeddb.cli.cluster;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder in which a local cluster keeps everything: its objects, volumes, logs and the file that leads clients to
 * it.
 *
 * @param path absolute path of the folder; it need not exist
 */
public record Home(Path path) {

    /** The client configuration that the local cluster writes when it starts. */
    public Path kubeconfig() {
        return path.resolve("kubeconfig");
    }

    /** Who runs this cluster: process id, start time, API address. */
    public Path daemon() {
        return path.resolve("daemon.json");
    }

    /** The volume of a claim. */
    public Path volume(String namespace, String claim) {
        return path.resolve("volumes").resolve(namespace + "_" + claim);
    }

    /** The files of a pod. */
    public Path pod(String namespace, String pod) {
        return path.resolve("pods").resolve(namespace + "_" + pod);
    }

    /** Whether a cluster was ever started here. */
    public boolean exists() {
        return Files.isDirectory(path);
    }
}
