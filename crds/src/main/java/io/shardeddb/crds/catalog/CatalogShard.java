package io.shardeddb.crds.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.shardeddb.crds.IntervalSpec;
import java.util.List;

/**
 * A shard that may hold rows.
 *
 * @param name as given
 * @param group uid of its group
 * @param interval its positions
 * @param epoch of that interval; the higher one wins
 * @param servers names of the servers that shall hold a copy
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CatalogShard(String name, String group, IntervalSpec interval, long epoch, List<String> servers) {

    public CatalogShard {
        servers = servers == null ? List.of() : List.copyOf(servers);
    }
}
