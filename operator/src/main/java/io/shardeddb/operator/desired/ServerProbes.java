package io.shardeddb.operator.desired;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;

/**
 * The probes of our containers. A startup probe waits inside its one attempt, so a normal start is no series of
 * failures, each of them a Warning Event, and is seen as soon as it is over.
 */
final class ServerProbes {

    /** An attempt of a startup probe, seconds; what it runs ends by itself before. */
    private static final int STARTUP_SECONDS = 60;

    /** A program of ours that does not live after so many attempts is started again: three minutes. */
    private static final int STARTUP_FAILURES = 3;

    /**
     * For so many attempts MySQL may be slow to start, a day: it may have a long log to read, or a slow disk to set up,
     * and killing it would begin that again.
     */
    private static final int MYSQLD_STARTUP_FAILURES = 24 * 60;

    /** How often MySQL is asked, seconds; each time costs a login. */
    private static final int MYSQLD_PERIOD = 15;

    private static final int MYSQLD_FAILURES = 3;

    private ServerProbes() {}

    /** MySQL has been set up and answers. */
    static Probe mysqldStartup() {
        return exec(STARTUP_SECONDS, MYSQLD_STARTUP_FAILURES, "bash", "-c", Scripts.MYSQLD_HEALTH, "health", "80")
                .withPeriodSeconds(1)
                .build();
    }

    /**
     * MySQL answers. There is no liveness probe: a kill makes no slow database faster, and one that ended starts
     * anyway.
     */
    static Probe mysqldReadiness() {
        return exec(MYSQLD_PERIOD, MYSQLD_FAILURES, "bash", "-c", Scripts.MYSQLD_HEALTH, "health", "1")
                .withPeriodSeconds(MYSQLD_PERIOD)
                .build();
    }

    /**
     * A program with health on port 5000 has become ready, or at least lives. An image without bash gets five seconds.
     */
    static Probe startup() {
        return exec(
                        STARTUP_SECONDS,
                        STARTUP_FAILURES,
                        "sh",
                        "-c",
                        "if command -v bash >/dev/null; then exec bash -c \"$1\"; fi; sleep 5",
                        "startup",
                        Scripts.WAIT_UNTIL_READY)
                .withPeriodSeconds(1)
                .build();
    }

    static Probe http(String path, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withPort(new IntOrString(Naming.HTTP_PORT))
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(5)
                .withFailureThreshold(failures)
                .build();
    }

    private static ProbeBuilder exec(int timeoutSeconds, int failures, String... command) {
        return new ProbeBuilder()
                .withNewExec()
                .withCommand(command)
                .endExec()
                .withTimeoutSeconds(timeoutSeconds)
                .withFailureThreshold(failures);
    }
}
