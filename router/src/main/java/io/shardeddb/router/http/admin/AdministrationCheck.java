package io.shardeddb.router.http.admin;

import io.micronaut.http.HttpRequest;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.config.RouterSettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets through who may reshape the database. With {@link Administration#Token} the token's file is read at each
 * request, so a changed token holds as soon as it is in the file. A file that cannot be read, or that holds no real
 * token, lets nobody in.
 */
@Singleton
public final class AdministrationCheck {

    /** Fewer characters than this are no secret; what is made by the operator has 64. */
    static final int LEAST_CHARACTERS = 16;

    private static final String SCHEME = "Bearer ";

    private final RouterSettings settings;

    AdministrationCheck(RouterSettings settings) {
        this.settings = settings;
    }

    /**
     * Lets the request through or refuses it.
     *
     * @throws DatabaseException UNAUTHENTICATED with the command that shows the token, or ADMINISTRATION_OFF
     */
    public void require(HttpRequest<?> request) {
        require(request.getHeaders().get("Authorization"));
    }

    /**
     * The same, by the request's header Authorization.
     *
     * @throws DatabaseException UNAUTHENTICATED with the command that shows the token, or ADMINISTRATION_OFF
     */
    public void require(@Nullable String authorization) {
        switch (settings.administration()) {
            case Open -> {}
            case Off ->
                throw new DatabaseException(
                        ErrorCode.ADMINISTRATION_OFF,
                        "administration through the router is off (spec.router.administration); edit the"
                                + " ShardedDatabase "
                                + settings.database() + " through Kubernetes",
                        Map.of("administration", Administration.Off.name()));
            case Token -> requireToken(authorization);
        }
    }

    private void requireToken(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw unauthenticated("this request changes the database and needs the header Authorization: Bearer TOKEN");
        }
        String given = authorization.substring(SCHEME.length()).strip();
        if (!MessageDigest.isEqual(hash(given), hash(token()))) {
            throw unauthenticated("the token in the header Authorization is not the one of this database");
        }
    }

    private String token() {
        String token;
        try {
            token = Files.readString(settings.administrationToken()).strip();
        } catch (IOException e) {
            throw unauthenticated("this router has no token to compare with, so it lets nobody administer ("
                    + settings.administrationToken() + " cannot be read)");
        }
        if (token.length() < LEAST_CHARACTERS) {
            throw unauthenticated("the token of this database has fewer than " + LEAST_CHARACTERS
                    + " characters and is taken for none");
        }
        return token;
    }

    private DatabaseException unauthenticated(String reason) {
        String secret = ApiNames.administrationSecret(settings.database());
        return new DatabaseException(
                ErrorCode.UNAUTHENTICATED,
                reason + "; the token is in a Secret: kubectl get secret " + secret + " -n " + settings.namespace()
                        + " -o jsonpath='{.data." + ApiNames.ADMINISTRATION_TOKEN_KEY + "}' | base64 -d",
                Map.of("administration", Administration.Token.name(), "secret", secret));
    }

    /** Equal lengths, so that the comparison takes the same time for every text. */
    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
