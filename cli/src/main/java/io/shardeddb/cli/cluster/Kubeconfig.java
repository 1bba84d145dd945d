package io.shardeddb.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Yaml;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One context of a client configuration file.
 *
 * @param file the file
 * @param context name of the context; it is in the file
 * @param namespace the context's namespace, {@code default} when it names none
 */
record Kubeconfig(Path file, String context, String namespace) {

    private static final int REQUEST_TIMEOUT_MILLIS = 10_000;

    /**
     * A context of one file.
     *
     * @param context null for the file's current one
     * @throws CommandFailure when the file cannot be read, or has no such context
     */
    static Kubeconfig of(Path file, @Nullable String context) {
        JsonNode content = read(file);
        String wanted = context == null ? content.path("current-context").asText("") : context;
        if (wanted.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE, file + " has no current context; choose one with --context: " + names(content));
        }
        for (JsonNode candidate : content.path("contexts")) {
            if (candidate.path("name").asText().equals(wanted)) {
                String namespace = candidate.path("context").path("namespace").asText("");
                return new Kubeconfig(file, wanted, namespace.isEmpty() ? "default" : namespace);
            }
        }
        throw new CommandFailure(ExitCode.USAGE, file + " has no context " + wanted + "; it has " + names(content));
    }

    /**
     * The first file that has the context.
     *
     * @param context null for the first current one
     * @param list files as in the environment variable KUBECONFIG; null or blank for {@code ~/.kube/config}
     * @throws CommandFailure when no file has it
     */
    static Kubeconfig find(@Nullable String context, @Nullable String list) {
        List<Path> files = new ArrayList<>();
        if (list == null || list.isBlank()) {
            files.add(Path.of(System.getProperty("user.home"), ".kube", "config"));
        } else {
            for (String name : list.split(File.pathSeparator, -1)) {
                if (!name.isBlank() && Files.isReadable(Path.of(name))) {
                    files.add(Path.of(name));
                }
            }
        }
        @Nullable CommandFailure first = null;
        for (Path file : files) {
            try {
                return of(file, context);
            } catch (CommandFailure e) {
                first = first == null ? e : first;
            }
        }
        throw first == null
                ? new CommandFailure(ExitCode.NO_INPUT, "none of the files of KUBECONFIG can be read: " + list)
                : first;
    }

    /** A client with the context's credentials. */
    KubernetesClient client() {
        Config config = Config.fromKubeconfig(context, file.toFile());
        config.setRequestTimeout(REQUEST_TIMEOUT_MILLIS);
        config.setConnectionTimeout(REQUEST_TIMEOUT_MILLIS);
        config.setRequestRetryBackoffLimit(2);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static JsonNode read(Path file) {
        if (!Files.isReadable(file)) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + file);
        }
        try {
            return Yaml.MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, file + " is not a kubeconfig: " + e.getMessage(), e);
        }
    }

    private static List<String> names(JsonNode content) {
        List<String> names = new ArrayList<>();
        content.path("contexts")
                .forEach(context -> names.add(context.path("name").asText()));
        return names;
    }
}
