package io.shardeddb.local.node;

import org.jspecify.annotations.Nullable;

/** The file that tells Kubernetes clients where the API server is, and who they are. */
public final class Kubeconfig {
    private Kubeconfig() {}

    /**
     * The file's content.
     *
     * @param address host and port of the API server
     * @param token the token to call with; null for none
     */
    public static String text(String address, @Nullable String token) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: shardeddb-local
                  cluster:
                    server: http://%s
                contexts:
                - name: shardeddb-local
                  context:
                    cluster: shardeddb-local
                    user: local
                    namespace: default
                current-context: shardeddb-local
                users:
                - name: local
                  user: {%s}
                """.formatted(address, token == null ? "" : "token: \"" + token + "\"");
    }
}
