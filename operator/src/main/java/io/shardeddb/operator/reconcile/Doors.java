package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.act.StoredCredentials;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Related;
import io.shardeddb.operator.observe.RouterCredentials;
import io.shardeddb.operator.plan.CredentialPlan;
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.protocol.credential.Credential;
import io.shardeddb.protocol.wire.ServerStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may come to a database's processes: gives them their secret, changes it, and shows it when the operator itself
 * comes.
 */
final class Doors {

    private final StoredCredentials stored;
    private final ControlLinks links;
    private final RouterCredentials routers;
    private final EventLog events;

    Doors(StoredCredentials stored, ControlLinks links, RouterCredentials routers, EventLog events) {
        this.stored = stored;
        this.links = links;
        this.routers = routers;
        this.events = events;
    }

    /**
     * Makes the secret if there is none yet; it has to be there before any process that mounts it.
     *
     * @throws StepFailed when it is neither known nor can be had: nobody can be asked anything then
     */
    void make(ShardedDatabase database, Related related) throws StepFailed {
        stored.make(
                database, !related.sets().isEmpty() || !related.deployments().isEmpty());
    }

    /** Shows the secret to these servers from now on; returns whether there is one. */
    boolean show(ShardedDatabase database, Collection<String> addresses) throws StepFailed {
        if (addresses.stream().filter(links::refused).count() > 0) {
            stored.doubt(database);
        }
        Credential credential = stored.get(database);
        if (credential != null) {
            addresses.forEach(address -> links.show(address, credential.shown()));
        }
        return credential != null;
    }

    /**
     * Takes the next step, if there is one and all processes are ready for it.
     *
     * @param mayAct whether anything may be changed
     * @return how the doors stand, for the status; absent when there is no credential
     */
    @Nullable
    String next(ShardedDatabase database, Related related, DatabaseObservation observation, boolean mayAct)
            throws StepFailed, InterruptedException {
        Credential credential = stored.get(database);
        if (credential == null) {
            return null;
        }
        String asked = asked(database);
        if (!CredentialPlan.isPending(credential, asked)) {
            if (observation.servers().servers().values().stream()
                    .anyMatch(server -> !server.getCredential().isEmpty()
                            && !server.getCredential().equals(credential.fingerprint()))) {
                stored.doubt(database);
            }
            return CredentialPlan.words(credential, asked, List.of());
        }
        List<String> behind = behind(related, observation, credential.fingerprint());
        Optional<Credential> next =
                mayAct ? CredentialPlan.next(credential, asked, behind, stored::fresh) : Optional.empty();
        if (next.isEmpty()) {
            if (!behind.isEmpty()) {
                stored.doubt(database);
            }
            return CredentialPlan.words(credential, asked, behind);
        }
        Credential changed = next.get();
        stored.change(database, credential, changed);
        if (!CredentialPlan.isPending(changed, asked)) {
            events.done(
                    database,
                    Reason.CredentialInForce,
                    credential.required()
                            ? "the secret of the database was changed; the old one opens nothing any more"
                            : "the secret of the database is required from now on");
        }
        return CredentialPlan.words(changed, asked, List.of());
    }

    private static String asked(ShardedDatabase database) {
        Map<String, String> annotations = database.getMetadata().getAnnotations();
        String asked = annotations == null ? null : annotations.get(ApiNames.ROTATE_SECRET_ANNOTATION);
        return asked == null ? "" : asked.lines().findFirst().orElse("").strip();
    }

    /** Processes that are not known to run with a credential; also those that may come yet in an older form. */
    private List<String> behind(Related related, DatabaseObservation observation, String fingerprint)
            throws InterruptedException {
        List<String> behind = new ArrayList<>();
        for (String server : observation.sets().keySet()) {
            ServerStatus status = observation.servers().servers().get(server);
            if (status == null
                    || !observation.current(server)
                    || !status.getCredential().equals(fingerprint)) {
                behind.add("server " + server);
            }
        }
        if (!observation.routersCurrent()) {
            behind.add("the routers' roll");
        }
        for (Pod pod : related.pods()) {
            Map<String, String> labels =
                    Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
            if ("router".equals(labels.get("app.kubernetes.io/component"))
                    && !hasEnded(pod)
                    && !routers.fingerprint(pod).equals(fingerprint)) {
                behind.add("router " + pod.getMetadata().getName());
            }
        }
        return behind;
    }

    /** Whether a pod runs nothing any more: an evicted one stays for a long time. */
    private static boolean hasEnded(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Failed".equals(phase) || "Succeeded".equals(phase);
    }

    /** Forgets a database that is gone. */
    void forget(ShardedDatabase database) {
        stored.forget(database);
    }
}
