package io.shardeddb.crds.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.shardeddb.crds.TableSpec;
import java.util.List;

/**
 * Tables that every shard has.
 *
 * @param version of these tables; it grows with each change
 * @param hash of these tables, 16 hexadecimal digits; requests name version and hash
 * @param tables in their order
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CatalogTables(long version, String hash, List<TableSpec> tables) {

    public CatalogTables {
        tables = tables == null ? List.of() : List.copyOf(tables);
    }
}
