package io.shardeddb.crds;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One shard of a database, owned by its {@link ShardedDatabase}: the positions it holds, the members that replicate it,
 * and how they stand. The operator writes it; its uid names the consensus group.
 */
@Group(ApiNames.GROUP)
@Version(ApiNames.VERSION)
@Plural("shards")
@ShortNames("sh")
@AdditionalPrinterColumn(name = "Database", jsonPath = ".spec.database")
@AdditionalPrinterColumn(name = "From", jsonPath = ".spec.interval.from")
@AdditionalPrinterColumn(name = "To", jsonPath = ".spec.interval.to")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Leader", jsonPath = ".status.leader")
@AdditionalPrinterColumn(name = "Term", jsonPath = ".status.term", type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class Shard extends CustomResource<ShardSpec, ShardStatus> implements Namespaced {

    /** Uid of its consensus group: its own, unless it continues one that was there before. */
    public String groupUid() {
        String continued = getSpec() == null ? null : getSpec().group();
        return continued != null ? continued : getMetadata().getUid();
    }
}
