package io.shardeddb.operator.desired;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The shell scripts that containers run, as texts for {@code bash -c}. They stand in the pod's template itself, so that
 * a pod never runs a script of another version than its template. A script must not contain {@code $$}, which
 * Kubernetes would replace.
 */
final class Scripts {

    /** Starts MySQL; its arguments are MySQL's folder and those of the image's entry point. */
    static final String START_MYSQLD = read("start-mysqld.sh");

    /** Whether MySQL answers; its argument is how often to try. */
    static final String MYSQLD_HEALTH = read("mysqld-health.sh");

    /** Waits for a program with health on port 5000. */
    static final String WAIT_UNTIL_READY = read("wait-until-ready.sh");

    private Scripts() {}

    private static String read(String name) {
        try (InputStream in = Objects.requireNonNull(Scripts.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }
}
