package io.shardeddb.operator.act;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.shardeddb.operator.config.OperatorSettings;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease by which one of several operators leads. The framework takes and renews it, and keeps it when it stops; the
 * next operator would wait until it has run out.
 */
public final class LeaderLease {

    /** Its name, in the operator's namespace. */
    public static final String NAME = "shardeddb-operator";

    private static final Logger LOG = LoggerFactory.getLogger(LeaderLease.class);

    private final KubernetesClient client;
    private final OperatorSettings settings;

    /** The lease of an operator with these settings. */
    public LeaderLease(KubernetesClient client, OperatorSettings settings) {
        this.client = client;
        this.settings = settings;
    }

    /**
     * Gives the lease back, so that another operator may take it at once. Only an operator that does nothing any more,
     * and renews it no more, may do so. Does nothing when another one holds it. It is written by its version, so a
     * lease that another one takes in the same moment stays that one's. When Kubernetes does not answer, the lease runs
     * out by itself.
     */
    public void release() {
        try {
            Lease lease = client.leases()
                    .inNamespace(settings.namespace())
                    .withName(NAME)
                    .get();
            if (lease == null
                    || lease.getSpec() == null
                    || !settings.identity().equals(lease.getSpec().getHolderIdentity())) {
                return;
            }
            lease.getSpec().setHolderIdentity("");
            lease.getSpec().setLeaseDurationSeconds(1);
            lease.getSpec().setRenewTime(ZonedDateTime.now(ZoneOffset.UTC));
            client.resource(lease).update();
            LOG.info("{} gave its lease back", settings.identity());
        } catch (KubernetesClientException e) {
            LOG.warn("the lease was not given back, and runs out by itself: {}", e.getMessage());
        }
    }
}
