package io.shardeddb.operator.desired;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells whether something is still the same: the beginning of its SHA-256, in hexadecimal digits. */
public final class ContentHash {

    private static final int BYTES = 16;
    private static final KubernetesSerialization CANONICAL = new KubernetesSerialization(
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true), false);

    private ContentHash() {}

    /** An object as JSON with its maps in order, so that equal objects are equal texts in every process. */
    public static String canonical(Object object) {
        return CANONICAL.asJson(object);
    }

    /** 32 digits for a text. */
    public static String of(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
