package io.shardeddb.operator.desired;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabase;
import java.util.Map;

/** What protects a database: generated credentials, a disruption budget, a network policy. */
public final class Guards {

    private Guards() {}

    /** The Secret as it is owned, without its content. */
    public static Secret credentials(ShardedDatabase database) {
        return new SecretBuilder()
                .withMetadata(Naming.owned(
                        database, Naming.credentials(database.getMetadata().getName()), "server"))
                .withType("Opaque")
                .build();
    }

    /** The Secret with MySQL's password. Made once: the password of an existing one is never replaced. */
    public static Secret credentials(ShardedDatabase database, String password) {
        return new SecretBuilder()
                .withMetadata(Naming.owned(
                        database, Naming.credentials(database.getMetadata().getName()), "server"))
                .withType("Opaque")
                .addToStringData(Naming.PASSWORD_KEY, password)
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

    /** The Secret with the token of the routers' administration. Made once: the token of an existing one is never replaced. */
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

    /** MySQL is reachable from its own pod only; the servers' other ports from anywhere in the cluster. */
    public static NetworkPolicy networkPolicy(ShardedDatabase database) {
        String name = database.getMetadata().getName();
        return new NetworkPolicyBuilder()
                .withMetadata(Naming.owned(database, Naming.serversService(name), "server"))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(Naming.serverSelector(name))
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .addNewIngress()
                .addNewPort()
                .withProtocol("TCP")
                .withPort(new IntOrString(Naming.GRPC_PORT))
                .endPort()
                .addNewPort()
                .withProtocol("TCP")
                .withPort(new IntOrString(Naming.LINK_PORT))
                .endPort()
                .addNewPort()
                .withProtocol("TCP")
                .withPort(new IntOrString(Naming.HTTP_PORT))
                .endPort()
                .endIngress()
                .endSpec()
                .build();
    }
}
