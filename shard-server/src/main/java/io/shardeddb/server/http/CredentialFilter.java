package io.shardeddb.server.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.credential.BearerToken;
import io.shardeddb.protocol.value.CanonicalJson;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks every HTTP request for the secret of the database, but for those that change nothing and tell nothing of the
 * rows: probes, metrics, and the assignment's heartbeat and greeting. A path counts as open only when it is written
 * exactly so.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class CredentialFilter {
    private static final Set<String> OPEN =
            Set.of("/health/live", "/health/ready", "/health/mysql", "/prometheus", "/heartbeat", "/home");

    private final Authentication authentication;

    CredentialFilter(Authentication authentication) {
        this.authentication = authentication;
    }

    /** Answers 401 in place of the endpoint, or lets the request through. */
    @RequestFilter
    @Nullable
    HttpResponse<?> check(HttpRequest<?> request) {
        if (OPEN.contains(request.getPath())) {
            return null;
        }
        String refusal = authentication.refusal(
                BearerToken.presented(request.getHeaders().get(HttpHeaders.AUTHORIZATION)));
        if (refusal == null) {
            return null;
        }
        MutableHttpResponse<String> answer = HttpResponse.<String>status(HttpStatus.UNAUTHORIZED)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .contentType(MediaType.APPLICATION_JSON_TYPE);
        return answer.body(CanonicalJson.write(Map.of(
                "message",
                refusal + "; this is a server's own port: clients use the router, which needs no secret",
                "status",
                "failure")));
    }
}
