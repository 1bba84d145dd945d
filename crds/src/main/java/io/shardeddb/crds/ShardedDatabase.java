package io.shardeddb.crds;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One sharded, replicated database: what the user asks for, and how it stands. It is the catalog: tables and shards are
 * what its spec says.
 */
@Group(ApiNames.GROUP)
@Version(ApiNames.VERSION)
@Plural("shardeddatabases")
@ShortNames("sdb")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type=='Ready')].status")
@AdditionalPrinterColumn(name = "Shards", jsonPath = ".status.readyShards", type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Servers",
        jsonPath = ".status.readyServers",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Safe", jsonPath = ".status.conditions[?(@.type=='DataSafe')].status")
@AdditionalPrinterColumn(name = "Endpoint", jsonPath = ".status.endpoint")
@AdditionalPrinterColumn(name = "Administration", jsonPath = ".status.administration", priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class ShardedDatabase extends CustomResource<ShardedDatabaseSpec, ShardedDatabaseStatus>
        implements Namespaced {}
