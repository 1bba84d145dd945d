package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import io.shardeddb.local.workload.Volumes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of a container as directories of this machine. A process has no file system of its own here, so that
 * paths below the mount points are translated where they stand in arguments and environment.
 */
final class Mounts {
    private record Mount(String path, Path directory) {}

    private final List<Mount> mounts;

    private Mounts(List<Mount> mounts) {
        this.mounts = mounts;
    }

    /** A volume cannot be had yet; the message says what is missing. */
    static final class NotReady extends Exception {
        private static final long serialVersionUID = 1;

        NotReady(String message) {
            super(message);
        }
    }

    /** Prepares the volumes of a container. */
    static Mounts prepare(JsonNode pod, JsonNode container, Objects objects, NodePaths paths)
            throws IOException, NotReady {
        List<Mount> mounts = new ArrayList<>();
        for (JsonNode mount : container.path("volumeMounts")) {
            JsonNode volume = Tree.find(
                    Tree.at(pod, "spec", "volumes"), "name", mount.path("name").asText());
            if (volume == null) {
                throw new NotReady("no volume named " + mount.path("name"));
            }
            Path directory = volume(pod, volume, objects, paths);
            String subPath = mount.path("subPath").asText();
            if (!subPath.isEmpty()) {
                directory = directory.resolve(subPath).normalize();
                if (!Files.exists(directory)) {
                    Files.createDirectories(directory);
                }
            }
            mounts.add(new Mount(mount.path("mountPath").asText(), directory));
        }
        mounts.sort(Comparator.comparingInt((Mount m) -> m.path.length()).reversed());
        return new Mounts(mounts);
    }

    /** Brings a secret or config map that has changed into the volumes of a pod that runs, as a kubelet does. */
    static void refresh(JsonNode pod, ObjectKey changed, Objects objects, NodePaths paths)
            throws IOException, NotReady {
        boolean secret = changed.resource().equals("secrets");
        for (JsonNode volume : Tree.at(pod, "spec", "volumes")) {
            for (JsonNode source : sources(volume)) {
                JsonNode reference = source.path(secret ? "secret" : "configMap");
                if (Tree.textOr(reference, Tree.textOr(reference, "", "name"), "secretName")
                        .equals(changed.name())) {
                    volume(pod, volume, objects, paths);
                }
            }
        }
    }

    private static Path volume(JsonNode pod, JsonNode volume, Objects objects, NodePaths paths)
            throws IOException, NotReady {
        String namespace = Meta.namespace(pod);
        String name = volume.path("name").asText();
        Path own = paths.pod(namespace, Meta.name(pod)).resolve("volumes").resolve(name);
        if (volume.has("persistentVolumeClaim")) {
            String claimName = Tree.textOr(volume, "", "persistentVolumeClaim", "claimName");
            JsonNode claim = objects.get("persistentvolumeclaims", namespace, claimName);
            if (claim == null || !Tree.textOr(claim, "", "status", "phase").equals("Bound")) {
                throw new NotReady("persistentvolumeclaim \"" + claimName + "\" is "
                        + (claim == null ? "not found" : "not bound yet"));
            }
            Path directory = Volumes.directory(paths.volumes(), namespace, claimName);
            Files.createDirectories(directory);
            return directory;
        }
        if (volume.has("hostPath")) {
            return Path.of(Tree.textOr(volume, "/", "hostPath", "path"));
        }
        Files.createDirectories(own);
        if (volume.has("configMap") || volume.has("secret") || volume.has("projected") || volume.has("downwardAPI")) {
            Map<String, byte[]> files = new LinkedHashMap<>();
            for (JsonNode source : sources(volume)) {
                files.putAll(files(pod, source, objects));
            }
            write(own, files);
        }
        return own;
    }

    private static List<JsonNode> sources(JsonNode volume) {
        return volume.has("projected") ? Tree.items(Tree.at(volume, "projected", "sources")) : List.of(volume);
    }

    private static Map<String, byte[]> files(JsonNode pod, JsonNode source, Objects objects) throws NotReady {
        Map<String, byte[]> files = new LinkedHashMap<>();
        boolean secret = source.has("secret");
        if (secret || source.has("configMap")) {
            JsonNode reference = secret ? source.path("secret") : source.path("configMap");
            String name = Tree.textOr(reference, Tree.textOr(reference, "", "name"), "secretName");
            JsonNode object = objects.get(secret ? "secrets" : "configmaps", Meta.namespace(pod), name);
            if (object == null) {
                if (reference.path("optional").asBoolean()) {
                    return files;
                }
                throw new NotReady((secret ? "secret" : "configmap") + " \"" + name + "\" not found");
            }
            Map<String, byte[]> all = data(object, secret);
            if (reference.path("items").isEmpty()) {
                return all;
            }
            for (JsonNode item : reference.path("items")) {
                byte[] content = all.get(item.path("key").asText());
                if (content != null) {
                    files.put(item.path("path").asText(), content);
                } else if (!reference.path("optional").asBoolean()) {
                    throw new NotReady((secret ? "secret" : "configmap") + " \"" + name + "\" has no key \""
                            + item.path("key").asText() + "\"");
                }
            }
        }
        for (JsonNode item : Tree.at(source, "downwardAPI", "items")) {
            String field = Tree.textOr(item, "", "fieldRef", "fieldPath");
            files.put(
                    item.path("path").asText(),
                    String.valueOf(Environment.field(pod, field)).getBytes(StandardCharsets.UTF_8));
        }
        return files;
    }

    /** The contents of a secret or config map. */
    static Map<String, byte[]> data(JsonNode object, boolean secret) {
        Map<String, byte[]> data = new LinkedHashMap<>();
        Tree.strings(object.path("data"))
                .forEach((key, value) -> data.put(
                        key, secret ? Base64.getDecoder().decode(value) : value.getBytes(StandardCharsets.UTF_8)));
        Tree.strings(object.path("binaryData"))
                .forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value)));
        return data;
    }

    /** One at a time: a pod may be started while what it mounts changes. */
    private static synchronized void write(Path directory, Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path target = directory.resolve(file.getKey()).normalize();
            Files.createDirectories(target.resolveSibling("."));
            Path next = target.resolveSibling(target.getFileName() + ".next");
            Files.write(next, file.getValue());
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The directory mounted at exactly this path, or null. */
    @Nullable
    Path at(String mountPath) {
        return mounts.stream()
                .filter(m -> m.path.equals(mountPath))
                .map(Mount::directory)
                .findFirst()
                .orElse(null);
    }

    /** Replaces a mount path at the beginning of a text or after an equals sign by the real directory. */
    String translate(String text) {
        String translated = prefixed(text);
        if (translated != null) {
            return translated;
        }
        int equals = text.indexOf('=');
        if (equals >= 0) {
            String value = prefixed(text.substring(equals + 1));
            if (value != null) {
                return text.substring(0, equals + 1) + value;
            }
        }
        return text;
    }

    private @Nullable String prefixed(String text) {
        for (Mount mount : mounts) {
            if (text.startsWith(mount.path)) {
                String rest = text.substring(mount.path.length());
                if (rest.isEmpty() || "/,:;".indexOf(rest.charAt(0)) >= 0) {
                    return mount.directory + rest;
                }
            }
        }
        return null;
    }
}
