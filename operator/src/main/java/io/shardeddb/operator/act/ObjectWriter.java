package io.shardeddb.operator.act;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.operator.desired.ContentHash;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Creates, updates and deletes the objects of a database. What was last applied stands as a hash in an annotation, so
 * that an unchanged world is not written to again.
 */
public final class ObjectWriter {

    /** Annotation with the hash of the object as last applied. */
    public static final String APPLIED_HASH = "shardeddb.io/applied-hash";

    /** Who owns the fields that the operator applies. */
    public static final String FIELD_MANAGER = "shardeddb-operator";

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;

    public ObjectWriter(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Makes the object as desired.
     *
     * @param existing the object as a cache shows it; absent if it is not there
     * @return whether something was written
     */
    public boolean apply(HasMetadata desired, @Nullable HasMetadata existing) throws StepFailed {
        String hash = ContentHash.of(ContentHash.canonical(desired));
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
            client.resource(desired)
                    .forceConflicts()
                    .fieldManager(FIELD_MANAGER)
                    .serverSideApply();
        } catch (KubernetesClientException e) {
            throw failed("writing", desired, e);
        }
        return true;
    }

    /**
     * Makes an object that is never changed afterwards; one that is there already stays as it is.
     *
     * @return whether it was made
     */
    public boolean create(HasMetadata object) throws StepFailed {
        try {
            client.resource(object).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                return false;
            }
            throw failed("creating", object, e);
        }
    }

    /**
     * Replaces an object, compared by its resource version.
     *
     * @return the object as it is stored now
     * @throws StepFailed also when it has changed meanwhile
     */
    public <R extends HasMetadata> R replace(R object) throws StepFailed {
        try {
            return client.resource(object).update();
        } catch (KubernetesClientException e) {
            throw failed("replacing", object, e);
        }
    }

    /** Replaces an object's status, compared by its resource version; see {@link #replace}. */
    public <R extends HasMetadata> R replaceStatus(R object) throws StepFailed {
        try {
            return client.resource(object).updateStatus();
        } catch (KubernetesClientException e) {
            throw failed("writing the status of", object, e);
        }
    }

    /**
     * Gives labels and owners to an object that is there, and leaves its content alone; without reading it, since
     * Secrets are not read. An object that is not there is not made: it would be empty.
     *
     * @return whether it is there
     */
    public boolean adopt(HasMetadata desired) throws StepFailed {
        return patchMetadata(
                desired,
                "writing",
                Serialization.asJson(Map.of(
                        "labels", desired.getMetadata().getLabels(),
                        "ownerReferences", desired.getMetadata().getOwnerReferences())));
    }

    /**
     * Takes the owners from an object, so that it stays when they go; without reading it, since Secrets are not read.
     */
    public void disown(HasMetadata object) throws StepFailed {
        patchMetadata(object, "taking the owners from", "{\"ownerReferences\":null}");
    }

    /** Returns whether the object is there. */
    private boolean patchMetadata(HasMetadata object, String what, String metadata) throws StepFailed {
        try {
            client.resource(object).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":" + metadata + "}");
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND) {
                return false;
            }
            throw failed(what, object, e);
        }
    }

    /** Removes an object; one that is gone already is no error. */
    public void delete(HasMetadata object) throws StepFailed {
        try {
            client.resource(object).delete();
        } catch (KubernetesClientException e) {
            throw failed("deleting", object, e);
        }
    }

    /** Lets a Deployment have no pods. */
    public void stop(Deployment deployment) throws StepFailed {
        try {
            client.resource(deployment).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"replicas\":0}}");
        } catch (KubernetesClientException e) {
            throw failed("stopping", deployment, e);
        }
    }

    /** Removes exactly this pod: another one that has taken its name meanwhile stays. */
    public void deleteExactly(Pod pod) throws StepFailed {
        try {
            client.raw(
                    "/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/"
                            + pod.getMetadata().getName(),
                    "DELETE",
                    Map.of(
                            "apiVersion",
                            "v1",
                            "kind",
                            "DeleteOptions",
                            "preconditions",
                            Map.of("uid", pod.getMetadata().getUid())));
        } catch (KubernetesClientException e) {
            if (e.getCode() != NOT_FOUND && e.getCode() != CONFLICT) {
                throw failed("deleting", pod, e);
            }
        }
    }

    private static StepFailed failed(String what, HasMetadata object, KubernetesClientException e) {
        return StepFailed.of(
                what + " " + object.getKind() + " " + object.getMetadata().getName(), e);
    }

    private static @Nullable String annotation(HasMetadata object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(APPLIED_HASH);
    }
}
