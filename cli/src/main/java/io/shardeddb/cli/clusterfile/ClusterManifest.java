package io.shardeddb.cli.clusterfile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.clusterfile.ClusterFile.Role;
import io.shardeddb.cli.json.Json;

/** The resource that a cluster file asks for. */
public final class ClusterManifest {

    private static final int COPIES = 3;

    private ClusterManifest() {}

    /** A ShardedDatabase with a named server for each node that holds shards. Its pods are small, for one machine. */
    public static ObjectNode of(ClusterFile file, String namespace) {
        int holders = file.with(Role.shard).size();
        ObjectNode object =
                Json.object().put("apiVersion", "shardeddb.io/v1alpha1").put("kind", "ShardedDatabase");
        object.putObject("metadata").put("name", file.name()).put("namespace", namespace);
        ObjectNode spec = object.putObject("spec");
        spec.putObject("sharding").put("strategy", "Hash");
        spec.put("shardCount", file.shards() == null ? holders : file.shards());
        ArrayNode collections = spec.putArray("collections");
        file.collections().forEach(name -> collections.addObject().put("name", name));
        ArrayNode spaces = spec.putArray("keyValueSpaces");
        file.keyValueSpaces().forEach(name -> spaces.addObject().put("name", name));
        if (file.collectionsOnFirstUse()) {
            spec.put("collectionsOnFirstUse", true);
        }
        spec.putObject("replication")
                .put("replicas", file.replicas() == null ? Math.min(COPIES, holders) : file.replicas());
        ObjectNode servers = spec.putObject("servers").put("count", holders);
        ArrayNode named = servers.putArray("named");
        file.with(Role.shard).forEach(node -> named.addObject().put("name", node.name()));
        servers.putObject("storage").put("size", "1Gi");
        ObjectNode mysql = servers.putObject("mysql");
        mysql.putObject("config").put("innodb-buffer-pool-size", "64M");
        resources(mysql, "128Mi");
        resources(servers, "192Mi");
        ObjectNode router =
                spec.putObject("router").put("replicas", file.with(Role.router).size());
        resources(router, "192Mi");
        return object;
    }

    private static void resources(ObjectNode of, String memory) {
        ObjectNode resources = of.putObject("resources");
        resources.putObject("requests").put("memory", memory).put("cpu", "100m");
        resources.putObject("limits").put("memory", "512Mi");
    }
}
