package io.shardeddb.cli.api;

import io.shardeddb.crds.ApiNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The kinds that a database consists of, by the names that people type. */
public final class KnownKinds {

    private static final String OWN = ApiNames.GROUP + "/" + ApiNames.VERSION;

    public static final ResourceKind DATABASE = new ResourceKind(OWN, "ShardedDatabase", "shardeddatabases", true);
    public static final ResourceKind SHARD = new ResourceKind(OWN, "Shard", "shards", true);
    public static final ResourceKind POD = new ResourceKind("v1", "Pod", "pods", true);
    public static final ResourceKind EVENT = new ResourceKind("v1", "Event", "events", true);

    private static final Map<String, ResourceKind> BY_NAME = new LinkedHashMap<>();

    static {
        name(DATABASE, "sdb");
        name(SHARD, "sh");
        name(POD, "po");
        name(EVENT, "ev");
        name(new ResourceKind("apps/v1", "StatefulSet", "statefulsets", true), "sts");
        name(new ResourceKind("apps/v1", "Deployment", "deployments", true), "deploy");
        name(new ResourceKind("v1", "Service", "services", true), "svc");
        name(new ResourceKind("v1", "PersistentVolumeClaim", "persistentvolumeclaims", true), "pvc");
        name(new ResourceKind("v1", "ConfigMap", "configmaps", true), "cm");
        name(new ResourceKind("v1", "Secret", "secrets", true), "secret");
        name(new ResourceKind("v1", "Namespace", "namespaces", false), "ns");
        name(new ResourceKind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", true), "pdb");
        name(new ResourceKind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", true), "netpol");
        name(
                new ResourceKind(
                        "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", false),
                "crd");
    }

    private KnownKinds() {}

    private static void name(ResourceKind kind, String shortName) {
        BY_NAME.put(kind.plural(), kind);
        BY_NAME.put(kind.kind().toLowerCase(Locale.ROOT), kind);
        BY_NAME.put(shortName, kind);
    }

    /** By plural, singular or short name, in any case. */
    public static Optional<ResourceKind> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
    }

    /** By version and kind. */
    static Optional<ResourceKind> of(String apiVersion, String kind) {
        return BY_NAME.values().stream()
                .filter(known -> known.kind().equals(kind) && known.apiVersion().equals(apiVersion))
                .findFirst();
    }

    /** The plural names, for messages and completion. */
    public static List<String> plurals() {
        return BY_NAME.values().stream().map(ResourceKind::plural).distinct().toList();
    }
}
