package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.shardeddb.crds.Reason;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes Events: one for each decision that was carried out, and one for each refusal when it is new. */
public final class EventLog {

    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Map<String, String> last = new ConcurrentHashMap<>();

    public EventLog(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Something was done. */
    public void done(HasMetadata about, Reason reason, String message) {
        LOG.info("{} {}: {}", about.getKind(), about.getMetadata().getName(), message);
        write(about, "Normal", reason, message);
    }

    /** Something is wrong or refused; the same words about the same object are written once in a row. */
    public void warn(HasMetadata about, Reason reason, String message) {
        String key = about.getMetadata().getUid() + reason;
        if (message.equals(last.put(key, message))) {
            return;
        }
        LOG.warn("{} {}: {}", about.getKind(), about.getMetadata().getName(), message);
        write(about, "Warning", reason, message);
    }

    /** A refusal is over: the next one is written again. */
    public void clear(HasMetadata about, Reason reason) {
        last.remove(about.getMetadata().getUid() + reason);
    }

    private void write(HasMetadata about, String type, Reason reason, String message) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            client.v1()
                    .events()
                    .inNamespace(about.getMetadata().getNamespace())
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName(about.getMetadata().getName() + ".")
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
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            // An Event is a courtesy: what it tells stands in the status too, and the work must go on without it.
            LOG.warn(
                    "could not write an event about {}: {}", about.getMetadata().getName(), e.getMessage());
        }
    }
}
