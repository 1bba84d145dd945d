package io.shardeddb.protocol.credential;

import org.jspecify.annotations.Nullable;

/**
 * How the two ends of a connection know each other. All connections between the processes of a database ask this and
 * nothing else; when they speak mutual TLS, another form of it judges certificates. May be called from any thread, and
 * does not block.
 */
public interface Authentication {

    /** Shows nothing and refuses nobody: a process without a credential. */
    Authentication NONE = new Authentication() {
        @Override
        public @Nullable DatabaseSecret shown() {
            return null;
        }

        @Override
        public @Nullable String refusal(Presented presented) {
            return null;
        }

        @Override
        public String fingerprint() {
            return "";
        }
    };

    /** What this process shows to those that it calls now; absent: nothing. */
    @Nullable
    DatabaseSecret shown();

    /** Why a caller is refused now; absent: it is welcome. */
    @Nullable
    String refusal(Presented presented);

    /** Which {@link Credential} is in force here; empty for none. */
    String fingerprint();
}
