package io.shardeddb.operator.desired;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.protocol.link.LinkServer;
import java.util.Map;
import java.util.TreeMap;

/** Names, labels and metadata that the objects of a database share. */
public final class Naming {

    public static final String MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
    public static final String MANAGER = "shardeddb-operator";
    public static final int GRPC_PORT = 7000;
    public static final int LINK_PORT = LinkServer.port(GRPC_PORT);
    public static final int HTTP_PORT = 5000;

    /** Where routers serve their gRPC API. */
    public static final int ROUTER_GRPC_PORT = 5001;

    public static final int MYSQL_PORT = 3306;
    public static final String PASSWORD_KEY = "mysql-root-password";

    /** Key of the Secret, and name of the mounted file, with what servers, routers and operator show one another. */
    public static final String CREDENTIAL_KEY = "server-credential";

    private Naming() {}

    static Map<String, String> labels(ShardedDatabase database, String component) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("app.kubernetes.io/name", "shardeddb");
        labels.put("app.kubernetes.io/instance", database.getMetadata().getName());
        labels.put("app.kubernetes.io/component", component);
        labels.put(MANAGED_BY_LABEL, MANAGER);
        labels.put(ApiNames.DATABASE_LABEL, database.getMetadata().getName());
        return labels;
    }

    static Map<String, String> serverLabels(ShardedDatabase database, String resourceName) {
        Map<String, String> labels = labels(database, "server");
        labels.put(ApiNames.SERVER_LABEL, resourceName);
        return labels;
    }

    static ObjectMeta owned(ShardedDatabase database, String name, String component) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(database.getMetadata().getNamespace())
                .withLabels(labels(database, component))
                .withOwnerReferences(owner(database))
                .build();
    }

    static OwnerReference owner(ShardedDatabase database) {
        return new OwnerReferenceBuilder()
                .withApiVersion(database.getApiVersion())
                .withKind(database.getKind())
                .withName(database.getMetadata().getName())
                .withUid(database.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    /** Selector of a database's routers. */
    static Map<String, String> routerSelector(String database) {
        return Map.of(ApiNames.DATABASE_LABEL, database, "app.kubernetes.io/component", "router");
    }

    /** Selector of everything that belongs to a database's servers. */
    public static Map<String, String> serverSelector(String database) {
        return Map.of(ApiNames.DATABASE_LABEL, database, "app.kubernetes.io/component", "server");
    }

    /** Name of the headless Service of a database's servers. */
    public static String serversService(String database) {
        return database + "-servers";
    }

    /** Name of the router's Deployment and Service. */
    public static String router(String database) {
        return database + "-router";
    }

    /** Name of the Secret with the generated credentials. */
    public static String credentials(String database) {
        return database + "-credentials";
    }

    /** Name of the ConfigMap with the accepted spec. */
    public static String accepted(String database) {
        return Catalog.objectName(database);
    }

    /** Stable host:port of a server's gRPC endpoint. */
    public static String address(ShardedDatabase database, String resourceName) {
        return host(database, resourceName) + ":" + GRPC_PORT;
    }

    static String host(ShardedDatabase database, String resourceName) {
        return resourceName + "-0." + serversService(database.getMetadata().getName()) + "."
                + database.getMetadata().getNamespace() + ".svc.cluster.local";
    }
}
