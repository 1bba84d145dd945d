package io.shardeddb.operator.act;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.desired.Guards;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.plan.CredentialPlan;
import io.shardeddb.protocol.credential.Credential;
import io.shardeddb.protocol.credential.DatabaseSecret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of databases, in their Secrets. No Secret is watched. One is read when it is needed first, and when
 * servers show that it has changed. What was read is remembered: one line for each database that exists.
 */
public final class StoredCredentials {
    private static final int PASSWORD_BYTES = 24;

    /** Time between two readings while a server runs with another credential than the one remembered. */
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final ObjectWriter writer;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(Credential credential, Instant readAt) {}

    public StoredCredentials(KubernetesClient client, ObjectWriter writer, InstantSource clock) {
        this.client = client;
        this.writer = writer;
        this.clock = clock;
    }

    /**
     * The credential of a database.
     *
     * @return absent when none is stored
     * @throws StepFailed when it cannot be read
     */
    public @Nullable Credential get(ShardedDatabase database) throws StepFailed {
        Known remembered = known.get(uid(database));
        return remembered == null ? remember(database, read(database)) : remembered.credential();
    }

    /**
     * The credential of a database, made if there is none; so is the password of its servers' databases. What is there
     * stays.
     *
     * @param processes whether there are servers or routers already
     */
    public Credential make(ShardedDatabase database, boolean processes) throws StepFailed {
        Credential present = get(database);
        if (present != null) {
            return present;
        }
        Credential first = CredentialPlan.first(fresh(), processes);
        Secret stored = read(database);
        boolean withPassword =
                stored != null && stored.getData() != null && stored.getData().containsKey(Naming.PASSWORD_KEY);
        if (!withPassword && processes) {
            // The servers' databases keep the password that they were made with: another one would lock their servers
            // out.
            throw new StepFailed("the password of the servers' databases is gone from Secret "
                    + Naming.credentials(database.getMetadata().getName()) + ", key " + Naming.PASSWORD_KEY
                    + ": put it back; a running server has it in /etc/shardeddb/credentials");
        }
        if (stored == null) {
            Map<String, String> content = Map.of(Naming.PASSWORD_KEY, password(), Naming.CREDENTIAL_KEY, first.text());
            if (!writer.create(Guards.credentials(database, content))) {
                throw new StepFailed("the credentials of the database were made by another operator just now");
            }
        } else {
            if (!withPassword) {
                set(stored, Naming.PASSWORD_KEY, password());
            }
            put(stored, first);
        }
        return remembered(database, first);
    }

    /**
     * Replaces a credential by the next one.
     *
     * @param from what is stored as far as it is known; when it is something else by now, nothing is written
     */
    public void change(ShardedDatabase database, Credential from, Credential to) throws StepFailed {
        Secret stored = read(database);
        if (stored == null || !from.equals(remember(database, stored))) {
            throw new StepFailed("the credential of the database was changed by somebody else just now");
        }
        put(stored, to);
        remembered(database, to);
    }

    private String password() {
        byte[] password = new byte[PASSWORD_BYTES];
        random.nextBytes(password);
        return HexFormat.of().formatHex(password);
    }

    /** A new secret. */
    public DatabaseSecret fresh() {
        return DatabaseSecret.random(random);
    }

    /** Reads the credential again next time, unless it was read just now. */
    public void doubt(ShardedDatabase database) {
        known.computeIfPresent(
                uid(database),
                (uid, remembered) ->
                        clock.instant().isBefore(remembered.readAt().plus(AGAIN)) ? remembered : null);
    }

    /** Forgets a database that is gone. */
    public void forget(ShardedDatabase database) {
        known.remove(uid(database));
    }

    /** @throws StepFailed also while the Secret is that of an earlier database of this name, which takes it along */
    private @Nullable Secret read(ShardedDatabase database) throws StepFailed {
        String name = Naming.credentials(database.getMetadata().getName());
        Secret stored;
        try {
            stored = client.secrets()
                    .inNamespace(database.getMetadata().getNamespace())
                    .withName(name)
                    .get();
        } catch (KubernetesClientException e) {
            throw StepFailed.of("reading the credentials of the database", e);
        }
        boolean foreign = stored != null
                && stored.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> !owner.getUid().equals(uid(database)));
        if (foreign) {
            throw new StepFailed("Secret " + name + " belongs to a database of this name that is being removed");
        }
        return stored;
    }

    private static void set(Secret stored, String key, String value) {
        Map<String, String> data = new HashMap<>(stored.getData() == null ? Map.of() : stored.getData());
        data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
        stored.setData(data);
    }

    private void put(Secret stored, Credential credential) throws StepFailed {
        set(stored, Naming.CREDENTIAL_KEY, credential.text());
        // With the resource version that was read: of two operators one is refused.
        writer.replace(stored);
    }

    private @Nullable Credential remember(ShardedDatabase database, @Nullable Secret stored) throws StepFailed {
        String data = stored == null || stored.getData() == null
                ? null
                : stored.getData().get(Naming.CREDENTIAL_KEY);
        if (data == null) {
            return null;
        }
        try {
            return remembered(
                    database, Credential.parse(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw new StepFailed("key " + Naming.CREDENTIAL_KEY + " of Secret "
                    + Naming.credentials(database.getMetadata().getName()) + ": " + e.getMessage());
        }
    }

    private Credential remembered(ShardedDatabase database, Credential credential) {
        known.put(uid(database), new Known(credential, clock.instant()));
        return credential;
    }

    private static String uid(ShardedDatabase database) {
        return database.getMetadata().getUid();
    }
}
