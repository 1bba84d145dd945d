package io.shardeddb.operator.act;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Catalogs;
import io.shardeddb.operator.desired.ContentHash;
import io.shardeddb.operator.desired.Guards;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.desired.Routers;
import io.shardeddb.operator.desired.Servers;
import io.shardeddb.operator.desired.TimestampRecords;
import io.shardeddb.operator.observe.Related;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes and removes the objects that a database consists of; its shards are made elsewhere. */
public final class DatabaseObjects {

    /** Annotation of the headless Service, which is made last: what was made before it. */
    private static final String BASIS_HASH = "shardeddb.io/basis-hash";

    private static final int TOKEN_BYTES = 32;

    private final KubernetesClient client;
    private final ObjectWriter writer;
    private final OperatorSettings settings;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    /** @param clock that revisions of the catalog are taken from */
    public DatabaseObjects(
            KubernetesClient client, ObjectWriter writer, OperatorSettings settings, InstantSource clock) {
        this.client = client;
        this.writer = writer;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What was written.
     *
     * @param made names of the servers that were made
     * @param changed whether anything was
     */
    public record Applied(List<String> made, boolean changed) {}

    /**
     * Records what was accepted, before it is acted on.
     *
     * @return whether it was not recorded yet
     */
    public boolean accept(ShardedDatabase database, AcceptedRecord accepted, Related related) throws StepFailed {
        ConfigMap before = Related.find(
                related.records(), Naming.accepted(database.getMetadata().getName()));
        ConfigMap record = accepted.object(database, before, clock.instant());
        if (before == null) {
            if (!writer.create(record)) {
                throw new StepFailed("ConfigMap " + record.getMetadata().getName() + " was made by somebody else");
            }
            return true;
        }
        if (isSame(before, record)) {
            return false;
        }
        // Compared with what this was decided on: of two operators, the one with old knowledge writes nothing.
        record.getMetadata().setResourceVersion(before.getMetadata().getResourceVersion());
        writer.replace(record);
        return true;
    }

    private static boolean isSame(ConfigMap before, ConfigMap record) {
        return record.getData().equals(before.getData())
                && Catalogs.sameMarks(record, before)
                && record.getMetadata()
                        .getOwnerReferences()
                        .equals(before.getMetadata().getOwnerReferences())
                && record.getMetadata().getLabels().equals(before.getMetadata().getLabels());
    }

    /**
     * Brings all objects to the spec in force.
     *
     * @param objectNames StatefulSet names by server name
     * @return what was written
     */
    public Applied apply(
            ShardedDatabase database,
            Related related,
            List<String> roster,
            Map<String, StatefulSet> sets,
            Map<String, String> objectNames)
            throws StepFailed {
        String name = database.getMetadata().getName();
        boolean changed = applyBasis(database, Related.find(related.services(), Naming.serversService(name)));
        changed |= writer.apply(Routers.service(database), Related.find(related.services(), Naming.router(name)));
        List<String> made = new ArrayList<>();
        for (String server : roster) {
            String object = Objects.requireNonNull(objectNames.get(server));
            StatefulSet existing = sets.get(server);
            boolean written = writer.apply(Servers.statefulSet(database, server, object, settings), existing);
            changed |= written;
            if (written && existing == null) {
                made.add(server);
            }
        }
        changed |= writer.apply(
                Routers.deployment(database, settings), Related.find(related.deployments(), Naming.router(name)));
        return new Applied(made, changed);
    }

    /**
     * What servers and routers need to start, but for the content of the Secret, which is there by now. It is looked at
     * through the headless Service alone, so that the caches stay small.
     */
    private boolean applyBasis(ShardedDatabase database, @Nullable Service service) throws StepFailed {
        List<HasMetadata> basis = new ArrayList<>(Routers.access(database));
        basis.add(Guards.disruptionBudget(database));
        basis.add(Guards.serverPolicy(database, settings));
        basis.add(Guards.routerPolicy(database));
        basis.add(Guards.credentials(database));
        boolean withToken = administration(database.getSpec()) == Administration.Token;
        if (withToken) {
            basis.add(Guards.administration(database));
        }
        String hash = ContentHash.of(ContentHash.canonical(basis));
        Service wanted = Servers.service(database);
        wanted.getMetadata().setAnnotations(new TreeMap<>(Map.of(BASIS_HASH, hash)));
        Map<String, String> annotations =
                service == null ? null : service.getMetadata().getAnnotations();
        if (annotations == null || !hash.equals(annotations.get(BASIS_HASH))) {
            if (withToken) {
                writer.create(Guards.administration(database, secret(TOKEN_BYTES)));
            }
            for (HasMetadata object : basis) {
                if (!(object instanceof Secret)) {
                    writer.apply(object, null);
                } else if (!writer.adopt(object)) {
                    throw new StepFailed("Secret " + object.getMetadata().getName() + " has just gone");
                }
            }
        }
        return writer.apply(wanted, service);
    }

    /** Random bytes in hexadecimal digits. */
    private String secret(int bytes) {
        byte[] secret = new byte[bytes];
        random.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /** Who may reshape a database through its routers. */
    public Administration administration(ShardedDatabaseSpec spec) {
        return settings.administration(spec);
    }

    /**
     * Removes one server for good, its volume first where that should go, so that a killed operator finds the server
     * again.
     */
    public void removeServer(ShardedDatabase database, StatefulSet set, boolean withVolume) throws StepFailed {
        if (withVolume) {
            removeClaims(
                    database, Map.of(ApiNames.SERVER_LABEL, set.getMetadata().getName()));
        }
        writer.delete(set);
    }

    /**
     * Removes what does not go with the resource by itself.
     *
     * @return names of the volume claims that are still there
     */
    public List<String> removeAll(ShardedDatabase database, Related related) throws StepFailed {
        stopPods(related);
        removeClaims(database, Map.of());
        return claims(database, Map.of()).stream()
                .map(claim -> claim.getMetadata().getName())
                .sorted()
                .toList();
    }

    /** The routers are only stopped: their Deployment goes with the resource. */
    private void stopPods(Related related) throws StepFailed {
        for (StatefulSet set : related.sets()) {
            if (set.getMetadata().getDeletionTimestamp() == null) {
                writer.delete(set);
            }
        }
        for (Deployment deployment : related.deployments()) {
            if (!Integer.valueOf(0).equals(deployment.getSpec().getReplicas())) {
                writer.stop(deployment);
            }
        }
    }

    /**
     * Removes the servers, and keeps the volumes with what is needed to use them again: the password of their
     * databases, and the record of the groups on them.
     */
    public void removeAndKeepVolumes(ShardedDatabase database, Related related, @Nullable AcceptedRecord accepted)
            throws StepFailed {
        ConfigMap record = Related.find(
                related.records(), Naming.accepted(database.getMetadata().getName()));
        boolean owned =
                record != null && !record.getMetadata().getOwnerReferences().isEmpty();
        if (record != null && owned) {
            writer.disown(Guards.credentials(database));
            ConfigMap timestamps = Related.find(
                    related.records(),
                    TimestampRecords.name(database.getMetadata().getName()));
            if (timestamps != null) {
                writer.disown(timestamps);
            }
            // Last: by its owner it is told whether all of this is still to be done.
            if (accepted == null) {
                // Somebody has edited it; what it was is not known, and what it is stays for that person.
                writer.disown(record);
            } else {
                keep(database, record, accepted);
            }
        }
        stopPods(related);
    }

    private void keep(ShardedDatabase database, ConfigMap record, AcceptedRecord accepted) throws StepFailed {
        ConfigMap kept = accepted.object(database, record, clock.instant());
        kept.getMetadata().setResourceVersion(record.getMetadata().getResourceVersion());
        kept.getMetadata().setOwnerReferences(List.of());
        writer.replace(kept);
    }

    private void removeClaims(ShardedDatabase database, Map<String, String> labels) throws StepFailed {
        for (PersistentVolumeClaim claim : claims(database, labels)) {
            if (claim.getMetadata().getDeletionTimestamp() == null) {
                writer.delete(claim);
            }
        }
    }

    private List<PersistentVolumeClaim> claims(ShardedDatabase database, Map<String, String> labels) throws StepFailed {
        Map<String, String> selector = new HashMap<>(labels);
        selector.put(ApiNames.DATABASE_LABEL, database.getMetadata().getName());
        try {
            return client.persistentVolumeClaims()
                    .inNamespace(database.getMetadata().getNamespace())
                    .withLabels(selector)
                    .list()
                    .getItems();
        } catch (KubernetesClientException e) {
            throw StepFailed.of("listing volume claims", e);
        }
    }
}
