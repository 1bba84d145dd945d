package io.shardeddb.protocol.credential;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of a database show and accept. It is one value in one file, so that a process never sees half of a
 * change.
 *
 * @param shown the secret that a process shows to those that it calls
 * @param accepted the secrets that it accepts from its callers: one, or two while the secret is being changed
 * @param required whether a caller that shows nothing is refused; false only while a database of an older version is
 *     being changed over
 * @param rotation names the last change of the secret that was asked for; empty before the first one
 */
public record Credential(DatabaseSecret shown, List<DatabaseSecret> accepted, boolean required, String rotation) {
    private static final int FINGERPRINT_BYTES = 8;
    private static final int MOST_ACCEPTED = 2;

    private static final String SHOWN = "show";
    private static final String ACCEPTED = "accept";
    private static final String REQUIRED = "required";
    private static final String ROTATION = "rotation";

    /** Keeps a copy of the list. */
    public Credential {
        accepted = List.copyOf(accepted);
        if (accepted.isEmpty() || accepted.size() > MOST_ACCEPTED || !accepted.contains(shown)) {
            throw new IllegalArgumentException(
                    "a credential accepts one or two secrets, the one that it shows among them");
        }
        if (rotation.lines().count() > 1) {
            throw new IllegalArgumentException("the name of a change of the secret is one line");
        }
    }

    /** A credential of one secret. */
    public static Credential of(DatabaseSecret secret, boolean required) {
        return new Credential(secret, List.of(secret), required, "");
    }

    /**
     * Reads what {@link #text} gave. Lines of other names are left out: a newer version may have written them.
     *
     * @throws IllegalArgumentException saying which line is wrong, without its value
     */
    public static Credential parse(String text) {
        Map<String, String> lines = new TreeMap<>();
        for (String line : text.lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                lines.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        String required = value(lines, REQUIRED);
        if (!required.equals("true") && !required.equals("false")) {
            throw new IllegalArgumentException("a credential's line \"" + REQUIRED + "\" is true or false");
        }
        return new Credential(
                DatabaseSecret.parse(value(lines, SHOWN)),
                Arrays.stream(value(lines, ACCEPTED).split(",", -1))
                        .map(String::strip)
                        .map(DatabaseSecret::parse)
                        .toList(),
                required.equals("true"),
                lines.getOrDefault(ROTATION, ""));
    }

    private static String value(Map<String, String> lines, String name) {
        String value = lines.get(name);
        if (value == null) {
            throw new IllegalArgumentException("a credential needs a line \"" + name + "=...\"");
        }
        return value;
    }

    /** The content of the file. */
    public String text() {
        return SHOWN + "=" + shown.text() + "\n"
                + ACCEPTED + "="
                + accepted.stream().map(DatabaseSecret::text).collect(Collectors.joining(","))
                + "\n" + REQUIRED + "=" + required + "\n" + ROTATION + "=" + rotation + "\n";
    }

    /** Tells two credentials apart and gives nothing of them away: 16 hexadecimal digits of a hash. */
    public String fingerprint() {
        return HexFormat.of().formatHex(DatabaseSecret.sha256(text()), 0, FINGERPRINT_BYTES);
    }

    /** Why a caller is refused; absent: it is welcome. */
    public @Nullable String refusal(Presented presented) {
        if (welcomes(presented)) {
            return null;
        }
        return presented.secretHash() == null
                ? "the secret of the database is required here, and none was shown"
                : "the secret that was shown is not the one of this database";
    }

    /** Every accepted secret is compared, whether one matched already or not. */
    private boolean welcomes(Presented presented) {
        byte[] hash = presented.secretHash();
        if (hash == null) {
            return !required;
        }
        boolean welcome = false;
        for (DatabaseSecret secret : accepted) {
            welcome |= secret.matches(hash);
        }
        return welcome;
    }
}
