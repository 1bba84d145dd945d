package io.shardeddb.operator.desired;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.config.OperatorSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What protects a database: generated credentials, a disruption budget, a network policy. */
public final class Guards {

    /** Label that Kubernetes puts on every namespace. */
    private static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";

    /** Labels that the chart puts on the operator's pods, whatever its release is called. */
    private static final Map<String, String> OPERATOR =
            Map.of("app.kubernetes.io/name", "shardeddb", "app.kubernetes.io/component", "operator");

    private Guards() {}

    /** The Secret as it is owned, without its content. */
    public static Secret credentials(ShardedDatabase database) {
        return new SecretBuilder()
                .withMetadata(Naming.owned(
                        database, Naming.credentials(database.getMetadata().getName()), "server"))
                .withType("Opaque")
                .build();
    }

    /**
     * The Secret with its content. Made once: what is in an existing one is replaced by nobody but
     * {@code StoredCredentials}.
     */
    public static Secret credentials(ShardedDatabase database, Map<String, String> content) {
        return new SecretBuilder()
                .withMetadata(Naming.owned(
                        database, Naming.credentials(database.getMetadata().getName()), "server"))
                .withType("Opaque")
                .withStringData(content)
                .build();
    }

    /** The Secret of the routers' administration as it is owned, without its content. */
    public static Secret administration(ShardedDatabase database) {
        return new SecretBuilder()
                .withMetadata(Naming.owned(
                        database,
                        ApiNames.administrationSecret(database.getMetadata().getName()),
                        "router"))
                .withType("Opaque")
                .build();
    }

    /**
     * The Secret with the token of the routers' administration. Made once: the token of an existing one is never
     * replaced.
     */
    public static Secret administration(ShardedDatabase database, String token) {
        Secret secret = administration(database);
        secret.setStringData(Map.of(ApiNames.ADMINISTRATION_TOKEN_KEY, token));
        return secret;
    }

    /** At most one server at a time goes by the hands of others (node drains). */
    public static PodDisruptionBudget disruptionBudget(ShardedDatabase database) {
        String name = database.getMetadata().getName();
        return new PodDisruptionBudgetBuilder()
                .withMetadata(Naming.owned(database, Naming.serversService(name), "server"))
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                .withNewSelector()
                .withMatchLabels(Naming.serverSelector(name))
                .endSelector()
                .endSpec()
                .build();
    }

    /**
     * Who may come to the servers: this database's servers and routers, and the operator; to their metrics also those
     * who collect them. MySQL is reachable from its own pod only. Probes come from the node, which no policy keeps out.
     */
    public static NetworkPolicy serverPolicy(ShardedDatabase database, OperatorSettings settings) {
        String name = database.getMetadata().getName();
        List<NetworkPolicyIngressRule> rules = new ArrayList<>();
        rules.add(new NetworkPolicyIngressRuleBuilder()
                .withFrom(
                        pods(Naming.serverSelector(name)),
                        pods(Naming.routerSelector(name)),
                        new NetworkPolicyPeerBuilder(pods(OPERATOR))
                                .withNewNamespaceSelector()
                                .addToMatchLabels(NAMESPACE_NAME, settings.namespace())
                                .endNamespaceSelector()
                                .build())
                .withPorts(port(Naming.GRPC_PORT), port(Naming.LINK_PORT), port(Naming.HTTP_PORT))
                .build());
        if (!settings.monitoringNamespaces().isEmpty()) {
            rules.add(new NetworkPolicyIngressRuleBuilder()
                    .withFrom(settings.monitoringNamespaces().stream()
                            .map(Guards::namespace)
                            .toList())
                    .withPorts(port(Naming.HTTP_PORT))
                    .build());
        }
        return policy(database, Naming.serversService(name), "server", Naming.serverSelector(name), rules);
    }

    /** Routers are for clients: their ports are open to everybody, and no others are. */
    public static NetworkPolicy routerPolicy(ShardedDatabase database) {
        String name = database.getMetadata().getName();
        return policy(
                database,
                Naming.router(name),
                "router",
                Naming.routerSelector(name),
                List.of(new NetworkPolicyIngressRuleBuilder()
                        .withPorts(port(Naming.HTTP_PORT), port(Naming.ROUTER_GRPC_PORT))
                        .build()));
    }

    private static NetworkPolicy policy(
            ShardedDatabase database,
            String name,
            String component,
            Map<String, String> selector,
            List<NetworkPolicyIngressRule> rules) {
        return new NetworkPolicyBuilder()
                .withMetadata(Naming.owned(database, name, component))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(selector)
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .withIngress(rules)
                .endSpec()
                .build();
    }

    /** Pods of the database's own namespace. */
    private static NetworkPolicyPeer pods(Map<String, String> labels) {
        return new NetworkPolicyPeerBuilder()
                .withNewPodSelector()
                .withMatchLabels(labels)
                .endPodSelector()
                .build();
    }

    private static NetworkPolicyPeer namespace(String name) {
        return new NetworkPolicyPeerBuilder()
                .withNewNamespaceSelector()
                .addToMatchLabels(NAMESPACE_NAME, name)
                .endNamespaceSelector()
                .build();
    }

    private static NetworkPolicyPort port(int number) {
        return new NetworkPolicyPortBuilder()
                .withProtocol("TCP")
                .withPort(new IntOrString(number))
                .build();
    }
}
