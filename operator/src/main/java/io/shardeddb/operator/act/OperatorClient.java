package io.shardeddb.operator.act;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** The operator's client of Kubernetes. */
public final class OperatorClient {

    private OperatorClient() {}

    /** Who owns which field is the API server's business. */
    @JsonIgnoreProperties(value = "managedFields", allowGetters = true)
    private static final class WithoutManagedFields {}

    /**
     * What was asked for is compared by a hash in an annotation, and of pods only their status counts. It is written,
     * and not read.
     */
    @JsonIgnoreProperties(value = "spec", allowGetters = true)
    private static final class WithoutSpec {}

    /**
     * A client that leaves out what the operator never looks at, which would be most of what its caches hold.
     *
     * @param calls counts its requests
     */
    public static KubernetesClientBuilder builder(ApiCalls calls) {
        ObjectMapper mapper = new ObjectMapper()
                .addMixIn(ObjectMeta.class, WithoutManagedFields.class)
                .addMixIn(Pod.class, WithoutSpec.class)
                .addMixIn(StatefulSet.class, WithoutSpec.class);
        return new KubernetesClientBuilder()
                .withKubernetesSerialization(new KubernetesSerialization(mapper, true))
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor(ApiCalls.NAME, calls));
    }
}
