package io.shardeddb.protocol.credential;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** 256 random bits that the processes of one database share. It is stored and sent, never printed. */
public final class DatabaseSecret {
    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + 2 * BYTES + "}");

    private final String text;
    private final byte[] hash;

    private DatabaseSecret(String text) {
        this.text = text;
        this.hash = sha256(text);
    }

    /** A new one. */
    public static DatabaseSecret random(SecureRandom random) {
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        return new DatabaseSecret(HexFormat.of().formatHex(bits));
    }

    /**
     * Reads what {@link #text} gave.
     *
     * @throws IllegalArgumentException when it is anything else; the message does not repeat it
     */
    public static DatabaseSecret parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("a secret is " + 2 * BYTES + " digits of 0 to 9 and a to f; this has "
                    + text.length() + " characters");
        }
        return new DatabaseSecret(text);
    }

    /** The secret itself: to be stored or sent, and nothing else. */
    public String text() {
        return text;
    }

    /** Whether a caller showed this one. Takes the same time wherever the two differ. */
    boolean matches(byte[] hashOfShown) {
        return MessageDigest.isEqual(hash, hashOfShown);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DatabaseSecret secret && matches(secret.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
