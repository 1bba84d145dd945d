package io.shardeddb.operator.act;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.grpc.StatusRuntimeException;

/** A step was refused or its outcome is unknown; the next reconcile decides again. */
public sealed class StepFailed extends Exception permits TablesRefused {

    private static final int CONFLICT = 409;
    /** A condition shows it, and a person reads it there. */
    private static final int LONGEST_MESSAGE = 300;

    public StepFailed(String message) {
        super(shortened(message));
    }

    public StepFailed(String message, Throwable cause) {
        super(shortened(message), cause);
    }

    /** The API refused something, or did not answer. */
    public static StepFailed of(String what, KubernetesClientException e) {
        boolean told = e.getStatus() != null && e.getStatus().getMessage() != null;
        return new StepFailed(what + ": " + (told ? e.getStatus().getMessage() : e.getMessage()), e);
    }

    /** A server did not answer. */
    public static StepFailed of(String what, StatusRuntimeException e) {
        String description = e.getStatus().getDescription();
        return new StepFailed(
                what + ": " + e.getStatus().getCode() + (description == null ? "" : ": " + description), e);
    }

    private static String shortened(String message) {
        String line = message.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + " ...";
    }

    /** Whether somebody else was faster: nothing is wrong, and the next reconcile decides on what is there now. */
    public boolean overtaken() {
        return getCause() instanceof KubernetesClientException cause && cause.getCode() == CONFLICT;
    }
}
