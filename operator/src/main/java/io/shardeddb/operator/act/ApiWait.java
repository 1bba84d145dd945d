package io.shardeddb.operator.act;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for Kubernetes when the operator starts. An operator that lost its lease because the API server was away starts
 * again while the server is still away. If it ended each time that nobody answers, the kubelet would start it later and
 * later, in the end only every five minutes.
 */
public final class ApiWait {

    private static final Logger LOG = LoggerFactory.getLogger(ApiWait.class);
    private static final long PAUSE_MILLIS = 1_000;

    private ApiWait() {}

    /**
     * Asks until the API server answers something, a refusal included: then it is there, and what is wrong shows when
     * it is used.
     *
     * @param stopped ends the waiting
     * @return whether it answered; false when the waiting was ended
     */
    public static boolean await(KubernetesClient client, CountDownLatch stopped) throws InterruptedException {
        boolean told = false;
        while (stopped.getCount() > 0) {
            try {
                var _ = client.getKubernetesVersion();
                return true;
            } catch (KubernetesClientException e) {
                if (e.getCode() > 0) {
                    return true;
                }
                if (!told) {
                    LOG.warn(
                            "Kubernetes at {} does not answer; waiting for it: {}",
                            client.getMasterUrl(),
                            e.getCause() == null ? e.getMessage() : e.getCause().toString());
                    told = true;
                }
            }
            if (stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return false;
    }
}
