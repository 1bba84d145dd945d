package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds each claim to a directory of its own. The directory is empty when the claim is bound, stays while the claim
 * does, and goes with it; a claim in use by a pod waits for the pod.
 */
public final class Volumes implements ControlLoop.Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Volumes.class);
    private static final String CLAIMS = "persistentvolumeclaims";
    private static final String PROTECTION = "kubernetes.io/pvc-protection";

    private final Objects objects;
    private final Path root;

    private Volumes(Objects objects, Path root) {
        this.objects = objects;
        this.root = root;
    }

    /** Starts the controller; the directories stand below {@code root}. */
    public static ControlLoop start(Objects objects, Path root) {
        Volumes volumes = new Volumes(objects.as("persistent-volume-binder"), root);
        volumes.setLeftoversAside();
        return ControlLoop.start("volumes", objects.store(), volumes::concerns, volumes);
    }

    /** The directory of a claim. */
    public static Path directory(Path root, String namespace, String claim) {
        return root.resolve(namespace + "_" + claim);
    }

    private Set<ObjectKey> concerns(Event event) {
        if (event.key().resource().equals(CLAIMS)) {
            return Set.of(event.key());
        }
        Set<ObjectKey> claims = new LinkedHashSet<>();
        if (event.key().resource().equals(Pods.RESOURCE)) {
            for (JsonNode volume : Tree.at(event.object(), "spec", "volumes")) {
                String claim = Tree.text(volume, "persistentVolumeClaim", "claimName");
                if (claim != null) {
                    claims.add(new ObjectKey(CLAIMS, event.key().namespace(), claim));
                }
            }
        }
        return claims;
    }

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        ObjectNode claim = objects.get(CLAIMS, key.namespace(), key.name());
        Path directory = directory(root, key.namespace(), key.name());
        if (claim == null) {
            remove(directory);
        } else if (Meta.deleting(claim)) {
            if (Meta.finalizers(claim).contains(PROTECTION) && !inUse(key)) {
                release(claim);
            }
        } else if (!Tree.textOr(claim, "", "status", "phase").equals("Bound")) {
            bind(claim, directory);
        }
        return null;
    }

    private boolean inUse(ObjectKey claim) {
        for (ObjectNode pod : objects.list(Pods.RESOURCE, claim.namespace())) {
            for (JsonNode volume : Tree.at(pod, "spec", "volumes")) {
                if (claim.name().equals(Tree.text(volume, "persistentVolumeClaim", "claimName"))
                        && !Pods.finished(pod)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void bind(ObjectNode claim, Path directory) {
        remove(directory);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("no directory for the claim " + Meta.name(claim), e);
        }
        objects.change(claim, CLAIMS, object -> {
            Tree.child(object, "spec").put("volumeName", "pvc-" + Meta.uid(claim));
            return object;
        });
        objects.changeStatus(claim, CLAIMS, object -> {
            ObjectNode status = Tree.child(object, "status");
            status.put("phase", "Bound");
            status.set("accessModes", Tree.at(claim, "spec", "accessModes").deepCopy());
            JsonNode storage = Tree.at(claim, "spec", "resources", "requests", "storage");
            if (!storage.isMissingNode()) {
                status.putObject("capacity").set("storage", storage);
            }
            return object;
        });
    }

    private void release(ObjectNode claim) {
        objects.change(claim, CLAIMS, object -> {
            ArrayNode left = Tree.array();
            Meta.finalizers(object).stream().filter(f -> !f.equals(PROTECTION)).forEach(left::add);
            Meta.of(object).set("finalizers", left);
            return object;
        });
    }

    /** Sets directories aside that no claim is known of: rather too much kept than the wrong thing removed. */
    private void setLeftoversAside() {
        Set<Path> kept = new LinkedHashSet<>();
        objects.list(CLAIMS, "").forEach(c -> kept.add(directory(root, Meta.namespace(c), Meta.name(c))));
        try {
            Files.createDirectories(root);
            try (var directories = Files.newDirectoryStream(root)) {
                for (Path directory : directories) {
                    if (!kept.contains(directory)) {
                        Path aside = root.resolveSibling("orphaned-volumes");
                        Files.createDirectories(aside);
                        Path target = aside.resolve(directory.getFileName() + "-" + System.currentTimeMillis());
                        Files.move(directory, target);
                        LOG.warn("No claim is known for {}; moved to {}", directory, target);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the volumes in " + root + " cannot be read", e);
        }
    }

    /** Removes a directory and all in it. */
    public static void remove(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure) throws IOException {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("the directory " + directory + " cannot be removed", e);
        }
    }
}
