package io.shardeddb.operator.desired;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.crds.catalog.CatalogShard;
import io.shardeddb.crds.catalog.CatalogTables;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.SchemaHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From what was accepted to the catalog that is published. Pure. */
public final class Catalogs {

    /**
     * More than are ever published between two writes of a status, and as milliseconds a quarter of an hour, by which
     * the clock of an earlier operator may have been ahead. Of the possible revisions it is a part in 10^9.
     */
    private static final long LOST_REVISIONS = 1_000_000;

    /** Annotation of the ConfigMap with the revision of the catalog in it. */
    static final String REVISION = "shardeddb.io/catalog-revision";

    private Catalogs() {}

    /**
     * The catalog to publish.
     *
     * @param database uid of the database
     * @param before the catalog that is published
     * @param lastRevision the highest revision that is known to have been published, 0 if none
     * @param now milliseconds since 1970 by the operator's clock. No new revision is lower: when Kubernetes is restored
     *     from a backup, all that counts revisions goes back together, and routers that run have seen higher ones
     * @return the same as before when nothing changes; absent while no tables are in force
     */
    public static @Nullable Catalog next(
            AcceptedRecord accepted, String database, @Nullable Catalog before, long lastRevision, long now) {
        AcceptedRecord.TablesInForce tables = accepted.inForce();
        if (tables == null) {
            return null;
        }
        long hash = DatabaseSchema.ofWire(
                        Schemas.definition(accepted.spec().sharding().strategy(), tables.tables(), tables.version()))
                .hash();
        List<CatalogShard> shards = new ArrayList<>();
        new TreeMap<>(accepted.groups()).forEach((name, group) -> {
            IntervalSpec interval = group.interval();
            if (interval != null && Boolean.TRUE.equals(group.joined())) {
                shards.add(new CatalogShard(
                        name, group.uid(), interval, Objects.requireNonNullElse(group.epoch(), 1L), group.servers()));
            }
        });
        Catalog next = new Catalog(
                Catalog.FORMAT,
                database,
                before == null ? after(lastRevision, now) : before.revision(),
                accepted.spec().sharding().strategy(),
                accepted.spec().timestamps().mode(),
                new CatalogTables(tables.version(), SchemaHash.text(hash), tables.tables()),
                shards,
                accepted.servers());
        boolean same = before != null
                && before.revision() >= lastRevision
                && ContentHash.canonical(next).equals(ContentHash.canonical(before));
        if (before == null || same) {
            return next;
        }
        return next.withRevision(after(Math.max(lastRevision, before.revision()), now));
    }

    /**
     * The highest revision that may have been published. Routers keep the highest one that they have seen, so none may
     * follow that is lower.
     *
     * @param before the ConfigMap as it is; absent: there is none
     * @param told the revision in the database's status; absent: none is told there
     * @return 0 when none can have been published; far above what is known when somebody deleted or edited what counts
     *     them: the status is written after the ConfigMap, so it may be some revisions behind
     */
    static long lastRevision(@Nullable ConfigMap before, @Nullable Long told) {
        long status = told == null || !Catalog.isRevision(told) ? 0 : told;
        long marked = Objects.requireNonNullElse(revision(before), 0L);
        Catalog catalog = read(before);
        long published = catalog == null ? 0 : catalog.revision();
        long highest = Math.max(status, marked);
        boolean known = marked >= status && published >= marked;
        return highest == 0 || known ? highest : highest + LOST_REVISIONS;
    }

    private static long after(long revision, long now) {
        return Math.min(Math.max(revision + 1, now), Catalog.MOST_REVISION);
    }

    /** The catalog in a ConfigMap; absent when there is none that can be read. */
    static @Nullable Catalog read(@Nullable ConfigMap map) {
        String json =
                map == null || map.getData() == null ? null : map.getData().get(Catalog.KEY);
        try {
            Catalog catalog = json == null ? null : Serialization.unmarshal(json, Catalog.class);
            return catalog == null || !Catalog.isRevision(catalog.revision()) ? null : catalog;
        } catch (RuntimeException e) {
            // Somebody has edited it: it is written again, from the record.
            return null;
        }
    }

    /** Revision of the catalog in a ConfigMap; absent when there is none. */
    public static @Nullable Long revision(@Nullable ConfigMap map) {
        Map<String, String> annotations = map == null ? null : map.getMetadata().getAnnotations();
        String revision = annotations == null ? null : annotations.get(REVISION);
        boolean counted =
                revision != null && revision.matches("[0-9]{1,18}") && Catalog.isRevision(Long.parseLong(revision));
        return counted ? (Long) Long.parseLong(revision) : null;
    }

    /** Whether what the operator says of a record besides its content is the same in two ConfigMaps. */
    public static boolean sameMarks(ConfigMap one, ConfigMap other) {
        return marks(one).equals(marks(other));
    }

    private static Map<String, String> marks(ConfigMap map) {
        Map<String, String> marks = new TreeMap<>();
        if (map.getMetadata().getAnnotations() != null) {
            marks.putAll(map.getMetadata().getAnnotations());
        }
        marks.keySet().retainAll(Set.of(AcceptedRecord.HASH, REVISION));
        return marks;
    }
}
