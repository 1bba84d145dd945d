package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.shardeddb.crds.Reason;
import io.shardeddb.operator.desired.ContentHash;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events: one for each decision that was carried out, and one for each refusal when it begins to stand. The same
 * words about the same object are one Event with a count, also across restarts: its name is made from what it says.
 */
public final class EventLog {

    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    private static final int CONFLICT = 409;
    private static final int LONGEST_MESSAGE = 1000;

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Map<String, Map<Reason, String>> standing = new ConcurrentHashMap<>();

    public EventLog(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Something was done. */
    public void done(HasMetadata about, Reason reason, String message) {
        LOG.info("{} {}: {}", about.getKind(), about.getMetadata().getName(), message);
        write(about, "Normal", reason, message);
    }

    /** Something became worse without anybody's doing. */
    public void worse(HasMetadata about, Reason reason, String message) {
        LOG.warn("{} {}: {}", about.getKind(), about.getMetadata().getName(), message);
        write(about, "Warning", reason, message);
    }

    /**
     * The refusals that stand now: those that are new are written, and those that are over are forgotten, so that they
     * are written when they come again.
     */
    public void standing(HasMetadata about, Map<Reason, String> refusals) {
        Map<Reason, String> before = refusals.isEmpty()
                ? standing.remove(about.getMetadata().getUid())
                : standing.put(about.getMetadata().getUid(), Map.copyOf(refusals));
        refusals.forEach((reason, message) -> {
            if (before == null || !message.equals(before.get(reason))) {
                LOG.warn("{} {}: {}", about.getKind(), about.getMetadata().getName(), message);
                write(about, "Warning", reason, message);
            }
        });
    }

    /** Forgets an object that is gone. */
    public void forget(HasMetadata about) {
        standing.remove(about.getMetadata().getUid());
    }

    private void write(HasMetadata about, String type, Reason reason, String words) {
        String message = words.length() > LONGEST_MESSAGE ? words.substring(0, LONGEST_MESSAGE) + "..." : words;
        Event event = event(about, type, reason, message);
        try {
            client.v1().events().resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                countUp(event);
            } else {
                skipped(event, e);
            }
        }
    }

    private void countUp(Event event) {
        try {
            client.v1()
                    .events()
                    .resource(event)
                    .edit(existing -> new EventBuilder(existing)
                            .withCount(Objects.requireNonNullElse(existing.getCount(), 1) + 1)
                            .withLastTimestamp(event.getLastTimestamp())
                            .build());
        } catch (KubernetesClientException e) {
            skipped(event, e);
        }
    }

    /** An Event is a courtesy: what it tells is in the status too, and the work must go on without it. */
    private static void skipped(Event event, KubernetesClientException e) {
        LOG.warn("could not write the event {}: {}", event.getMetadata().getName(), e.getMessage());
    }

    private Event event(HasMetadata about, String type, Reason reason, String message) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String identity = ContentHash.of(String.join("\n", about.getMetadata().getUid(), type, reason.name(), message))
                .substring(0, 16);
        return new EventBuilder()
                .withNewMetadata()
                .withName(about.getMetadata().getName() + "." + identity)
                .withNamespace(about.getMetadata().getNamespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withName(about.getMetadata().getName())
                .withNamespace(about.getMetadata().getNamespace())
                .withUid(about.getMetadata().getUid())
                .endInvolvedObject()
                .withType(type)
                .withReason(reason.name())
                .withMessage(message)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent("shardeddb-operator")
                .endSource()
                .build();
    }
}
