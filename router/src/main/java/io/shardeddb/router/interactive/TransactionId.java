package io.shardeddb.router.interactive;

import io.shardeddb.protocol.credential.DatabaseSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Names a transaction and the router that has it. It is signed with the database's secret: else anyone who makes up an
 * id could make a router send requests to any address.
 *
 * @param token 16 random bytes, in hexadecimal digits
 * @param owner host and port of the router; empty when no other router can reach it
 */
record TransactionId(String token, String owner) {
    private static final int TOKEN_BYTES = 16;
    private static final int SIGNATURE_BYTES = 16;

    /** A new one. */
    static TransactionId random(SecureRandom random, String owner) {
        byte[] token = new byte[TOKEN_BYTES];
        random.nextBytes(token);
        return new TransactionId(HexFormat.of().formatHex(token), owner);
    }

    /** Its text, for requests. */
    String text(DatabaseSecret secret) {
        byte[] content = content();
        byte[] text = Arrays.copyOf(content, content.length + SIGNATURE_BYTES);
        System.arraycopy(signature(content, secret), 0, text, content.length, SIGNATURE_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
    }

    /** The id of a text, signed by anybody or nobody; {@code null} when it has none. */
    static @Nullable TransactionId parse(String text) {
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        int length = all.length - SIGNATURE_BYTES;
        if (length < TOKEN_BYTES) {
            return null;
        }
        return new TransactionId(
                HexFormat.of().formatHex(all, 0, TOKEN_BYTES),
                new String(all, TOKEN_BYTES, length - TOKEN_BYTES, StandardCharsets.UTF_8));
    }

    /** Whether a text of this id was made with a secret. */
    boolean isSigned(String text, DatabaseSecret secret) {
        return MessageDigest.isEqual(
                text.getBytes(StandardCharsets.UTF_8), text(secret).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] content() {
        byte[] address = owner.getBytes(StandardCharsets.UTF_8);
        byte[] content = Arrays.copyOf(HexFormat.of().parseHex(token), TOKEN_BYTES + address.length);
        System.arraycopy(address, 0, content, TOKEN_BYTES, address.length);
        return content;
    }

    private static byte[] signature(byte[] content, DatabaseSecret secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(("transaction " + secret.text()).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Arrays.copyOf(mac.doFinal(content), SIGNATURE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC with SHA-256", e);
        }
    }
}
