package io.shardeddb.operator.act;

/** A step was refused or its outcome is unknown; the next look at the world decides anew. */
public final class StepFailed extends Exception {

    public StepFailed(String message) {
        super(message);
    }

    public StepFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
