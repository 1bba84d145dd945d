package io.shardeddb.operator.act;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Creates and updates the objects of a database. What was last applied stands as a hash in an annotation, so that an unchanged world is
 * not written to again.
 */
public final class ObjectWriter {

    /** Annotation with the hash of the object as last applied. */
    public static final String APPLIED_HASH = "shardeddb.io/applied-hash";

    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final AtomicLong writes = new AtomicLong();

    public ObjectWriter(KubernetesClient client) {
        this.client = client;
    }

    /** Number of writes so far, for metrics and tests. */
    public long writes() {
        return writes.get();
    }

    /**
     * Makes the object as desired.
     *
     * @param existing the object as a cache shows it; absent if it is not there
     * @return whether something was written
     */
    public boolean apply(HasMetadata desired, @Nullable HasMetadata existing) throws StepFailed {
        String hash = hash(desired);
        if (existing != null && hash.equals(annotation(existing))) {
            return false;
        }
        Map<String, String> annotations = new TreeMap<>();
        if (desired.getMetadata().getAnnotations() != null) {
            annotations.putAll(desired.getMetadata().getAnnotations());
        }
        annotations.put(APPLIED_HASH, hash);
        desired.getMetadata().setAnnotations(annotations);
        try {
            if (existing == null) {
                client.resource(desired).create();
            } else {
                client.resource(desired)
                        .forceConflicts()
                        .fieldManager("shardeddb-operator")
                        .serverSideApply();
            }
        } catch (KubernetesClientException e) {
            if (existing == null && e.getCode() == CONFLICT) {
                // The cache was behind: it is there already, and the next look compares it.
                return false;
            }
            throw new StepFailed(
                    "writing " + desired.getKind() + " " + desired.getMetadata().getName() + ": " + e.getMessage(), e);
        }
        writes.incrementAndGet();
        return true;
    }

    /** Removes an object; one that is gone already is no error. */
    public void delete(HasMetadata object) throws StepFailed {
        try {
            client.resource(object).delete();
            writes.incrementAndGet();
        } catch (KubernetesClientException e) {
            throw new StepFailed(
                    "deleting " + object.getKind() + " " + object.getMetadata().getName() + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable String annotation(HasMetadata object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(APPLIED_HASH);
    }

    private static String hash(HasMetadata object) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(Serialization.asJson(object).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
