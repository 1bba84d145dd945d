package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.api.ApiRefused;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.api.ResourceKind;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabase;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** The token that lets a request reshape a database through its router. */
final class AdministrationToken {

    private static final ResourceKind SECRET = KnownKinds.named("secrets").orElseThrow();
    private static final int FORBIDDEN = 403;

    private AdministrationToken() {}

    /**
     * The header with the token where one is needed and may be read; without it the router says how to get it.
     *
     * @param database as the cluster has it now
     */
    static Map<String, String> headers(Cluster cluster, ShardedDatabase database) {
        if (database.getStatus() == null || database.getStatus().administration() != Administration.Token) {
            return Map.of();
        }
        String name = ApiNames.administrationSecret(database.getMetadata().getName());
        try {
            return cluster.api()
                    .find(SECRET.path(cluster.namespace(), name))
                    .map(AdministrationToken::token)
                    .filter(token -> !token.isEmpty())
                    .map(token -> Map.of("Authorization", "Bearer " + token))
                    .orElse(Map.of());
        } catch (ApiRefused e) {
            if (e.status() != FORBIDDEN) {
                throw e;
            }
            return Map.of();
        }
    }

    /** The token in a Secret; empty when it has none. */
    private static String token(JsonNode secret) {
        String encoded =
                secret.path("data").path(ApiNames.ADMINISTRATION_TOKEN_KEY).asText("");
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).strip();
    }
}
