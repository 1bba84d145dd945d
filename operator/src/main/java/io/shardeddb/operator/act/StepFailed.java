package io.shardeddb.operator.act;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** A step was refused or its outcome is unknown; the next look at the world decides anew. */
public final class StepFailed extends Exception {

    private static final int CONFLICT = 409;

    public StepFailed(String message) {
        super(message);
    }

    public StepFailed(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether somebody else was faster: nothing is wrong, and the next look decides on what is there now. */
    public boolean overtaken() {
        return getCause() instanceof KubernetesClientException cause && cause.getCode() == CONFLICT;
    }
}
