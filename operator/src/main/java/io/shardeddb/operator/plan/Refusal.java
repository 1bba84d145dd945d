package io.shardeddb.operator.plan;

import io.shardeddb.crds.Reason;

/**
 * Something that was asked for and is not done, because it would endanger data or service.
 *
 * @param about what it concerns, for example {@code server server-3}
 * @param reason its constant
 * @param message why
 */
public record Refusal(String about, Reason reason, String message) {

    @Override
    public String toString() {
        return about + ": " + message;
    }
}
