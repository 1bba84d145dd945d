package io.shardeddb.local.http;

import org.jspecify.annotations.Nullable;

/** Remembers whether the client of a stream has gone, and tells one interested party. */
final class ClientWatch {
    private boolean gone;
    private @Nullable Runnable action;

    synchronized boolean isGone() {
        return gone;
    }

    void markGone() {
        Runnable call;
        synchronized (this) {
            if (gone) {
                return;
            }
            gone = true;
            call = action;
        }
        if (call != null) {
            call.run();
        }
    }

    void onGone(Runnable callback) {
        synchronized (this) {
            action = callback;
            if (!gone) {
                return;
            }
        }
        callback.run();
    }
}
