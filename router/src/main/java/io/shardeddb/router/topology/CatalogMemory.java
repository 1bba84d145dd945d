package io.shardeddb.router.topology;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.catalog.Catalog;
import org.jspecify.annotations.Nullable;

/**
 * The newest catalog that was seen. A text is parsed once: the object around it changes more often. A lower revision, which an API server
 * with an old cache may show, changes nothing. Used by one thread at a time.
 */
final class CatalogMemory {

    private String text = "";
    private @Nullable Catalog catalog;

    /**
     * The newest catalog of a database.
     *
     * @param database its uid
     * @param shown the catalog as the API shows it; absent: there is none now
     * @throws IllegalArgumentException when the text is no catalog, or has no possible revision; the newest one stays
     */
    @Nullable
    Catalog latest(String database, @Nullable String shown) {
        if (catalog != null && !catalog.database().equals(database)) {
            catalog = null;
            text = "";
        }
        if (shown == null || shown.equals(text)) {
            return catalog;
        }
        Catalog next = Serialization.unmarshal(shown, Catalog.class);
        if (!Catalog.isRevision(next.revision())) {
            throw new IllegalArgumentException("the catalog has revision " + next.revision()
                    + ", which nobody counts up to: somebody has edited it");
        }
        boolean newer = catalog == null || next.revision() >= catalog.revision();
        if (next.database().equals(database) && newer) {
            catalog = next;
            text = shown;
        }
        return catalog;
    }
}
