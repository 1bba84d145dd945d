package io.shardeddb.protocol.credential;

import org.jspecify.annotations.Nullable;

/** What a caller showed of itself. The certificate of mutual TLS will stand here too. */
public final class Presented {
    private static final Presented NOTHING = new Presented(null);

    private final byte @Nullable [] secretHash;

    private Presented(byte @Nullable [] secretHash) {
        this.secretHash = secretHash;
    }

    /**
     * A caller's secret.
     *
     * @param secret as it came; absent or empty: it showed none
     */
    public static Presented secret(@Nullable String secret) {
        return secret == null || secret.isEmpty() ? NOTHING : new Presented(DatabaseSecret.sha256(secret));
    }

    byte @Nullable [] secretHash() {
        return secretHash;
    }
}
