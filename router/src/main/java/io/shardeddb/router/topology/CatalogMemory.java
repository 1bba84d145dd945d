package io.shardeddb.router.topology;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.catalog.Catalog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest catalog that was seen. A text is parsed once: the object around it changes more often. A lower revision,
 * which an API server with an old cache may show, changes nothing. Used by one thread at a time.
 */
final class CatalogMemory {

    private static final Logger LOG = LoggerFactory.getLogger(CatalogMemory.class);

    private String text = "";
    private @Nullable Catalog catalog;
    private long lower;

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
            lower = 0;
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
            lower = 0;
        } else if (!newer) {
            tellOnce(next.revision());
        }
        return catalog;
    }

    /** The lower revision that the API showed since the newest catalog was seen; 0 if none. */
    long lower() {
        return lower;
    }

    private void tellOnce(long revision) {
        if (lower == 0 && catalog != null) {
            LOG.warn(
                    "The API shows revision {} of the catalog, and revision {} was seen: this router goes on with that one."
                            + " If Kubernetes was restored from a backup, routers that start read the other one",
                    revision,
                    catalog.revision());
        }
        lower = revision;
    }
}
