package io.shardeddb.protocol.credential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The credential of a mounted file, read again every second. When the file is gone or is no credential any more, the
 * last good one stays in force: a process that had a secret never goes back to having none.
 */
public final class CredentialFile implements Authentication, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialFile.class);
    private static final Duration USUAL_PERIOD = Duration.ofSeconds(1);

    private final Path file;
    private final ScheduledExecutorService reader;
    private volatile Credential credential;
    // Of the reader's thread.
    private boolean failed;

    private CredentialFile(Path file, Credential credential, ScheduledExecutorService reader) {
        this.file = file;
        this.credential = credential;
        this.reader = reader;
    }

    /**
     * Reads the file, and goes on reading it.
     *
     * @throws IOException when it cannot be read, or is no credential
     */
    public static CredentialFile open(Path file) throws IOException {
        return open(file, USUAL_PERIOD);
    }

    /** The same, read again at another interval. */
    public static CredentialFile open(Path file, Duration period) throws IOException {
        ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("credential").daemon().factory());
        try {
            CredentialFile open = new CredentialFile(file, read(file), reader);
            var _ = reader.scheduleWithFixedDelay(
                    open::again, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
            return open;
        } catch (IOException e) {
            reader.shutdownNow();
            throw e;
        }
    }

    private static Credential read(Path file) throws IOException {
        try {
            return Credential.parse(Files.readString(file));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void again() {
        try {
            Credential now = read(file);
            failed = false;
            if (!now.equals(credential)) {
                credential = now;
                LOG.info(
                        "credential {} is in force: {} accepted, {}",
                        now.fingerprint(),
                        now.accepted().size() == 1
                                ? "one secret"
                                : now.accepted().size() + " secrets",
                        now.required() ? "required" : "callers without one are let in");
            }
        } catch (IOException | RuntimeException e) {
            if (!failed) {
                LOG.warn("the credential {} cannot be read; the last one stays in force: {}", file, e.toString());
            }
            failed = true;
        }
    }

    @Override
    public DatabaseSecret shown() {
        return credential.shown();
    }

    @Override
    public @Nullable String refusal(Presented presented) {
        return credential.refusal(presented);
    }

    @Override
    public String fingerprint() {
        return credential.fingerprint();
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }
}
