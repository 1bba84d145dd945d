package io.shardeddb.operator.desired;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.protocol.schema.TablePermissions;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was accepted, written before it is acted on. It has the last good spec, which stays in force when a bad one
 * follows. It also has the version of its tables, the tables that every shard has, and the group of each shard. Where
 * volumes are kept, the record is kept with them: a database of the same name then goes on with the same groups. A
 * shard whose resource was deleted by hand is put back from here; it is never started again over rows that exist.
 *
 * @param spec the last good spec
 * @param schemaVersion version of its tables
 * @param schemaHash hash of its tables as they are written
 * @param steps what their definition says besides the tables
 * @param inForce the tables that requests are made for; absent: no tables were ever in force, or the record is an older
 *     operator's
 * @param left definitions that were accepted after those in force and left before they came into force: shards may have
 *     them
 * @param groups by shard name; one that the spec does not ask for any more stays
 * @param servers address of each server that holds a copy, by its name
 * @param permissions what was used of what somebody allowed
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AcceptedRecord(
        ShardedDatabaseSpec spec,
        long schemaVersion,
        String schemaHash,
        TableSteps steps,
        @Nullable TablesInForce inForce,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<LeftTables> left,
        Map<String, KnownGroup> groups,
        Map<String, String> servers,
        UsedPermissions permissions) {

    private static final String KEY = "accepted.json";

    /**
     * Annotation of the ConfigMap with the hash of what the operator wrote: a record that differs from it was edited.
     */
    static final String HASH = "shardeddb.io/record-hash";

    /** No version is higher: see {@link Catalog#MOST_REVISION}. */
    private static final long MOST_VERSION = Catalog.MOST_REVISION;

    public AcceptedRecord {
        steps = steps == null ? TableSteps.ADDITIONS : steps;
        left = left == null ? List.of() : List.copyOf(left);
        groups = Map.copyOf(groups);
        servers = servers == null ? Map.of() : Map.copyOf(servers);
        permissions = permissions == null ? UsedPermissions.NONE : permissions;
    }

    /** A record under which no permission was used. */
    public AcceptedRecord(
            ShardedDatabaseSpec spec,
            long schemaVersion,
            String schemaHash,
            TableSteps steps,
            @Nullable TablesInForce inForce,
            List<LeftTables> left,
            Map<String, KnownGroup> groups,
            Map<String, String> servers) {
        this(spec, schemaVersion, schemaHash, steps, inForce, left, groups, servers, UsedPermissions.NONE);
    }

    /**
     * Tables that every shard has.
     *
     * @param version of these tables
     * @param hash of these tables as they were written
     * @param tables in their order
     * @param history the last definitions that came into force, these tables among them, in their order
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record TablesInForce(
            long version,
            String hash,
            List<TableSpec> tables,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TableSteps.Past> history) {

        public TablesInForce {
            tables = List.copyOf(tables);
            history = history == null ? List.of() : List.copyOf(history);
        }
    }

    /**
     * Tables that were accepted and left.
     *
     * @param version of these tables
     * @param tables in their order
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record LeftTables(long version, List<TableSpec> tables) {

        public LeftTables {
            tables = List.copyOf(tables);
        }
    }

    /**
     * A group that was started or may have been.
     *
     * @param uid its uid
     * @param bootstrapMember the member that starts it; absent: it was not started
     * @param servers servers that should hold it
     * @param interval its positions; absent in a record of an older operator
     * @param epoch of that interval
     * @param joined whether it has had all tables and so may hold rows
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KnownGroup(
            String uid,
            @Nullable String bootstrapMember,
            List<String> servers,
            @Nullable IntervalSpec interval,
            @Nullable Long epoch,
            @Nullable Boolean joined) {

        public KnownGroup {
            servers = servers == null ? List.of() : List.copyOf(servers);
        }

        static KnownGroup of(Shard shard, boolean joined) {
            return new KnownGroup(
                    shard.groupUid(),
                    shard.getSpec().bootstrapMember(),
                    shard.getSpec().servers(),
                    shard.getSpec().interval(),
                    shard.getSpec().epoch(),
                    joined ? Boolean.TRUE : null);
        }

        /**
         * The same with the wider one of its positions and those that the spec gives it. They differ when somebody
         * edited the object of a shard and deleted the record. With too narrow positions the rest would read as empty.
         * With too wide ones the shard's own answer contradicts, and that is an error.
         */
        KnownGroup spanning(@Nullable IntervalSpec asked) {
            boolean wider = asked != null && interval != null && Objects.equals(epoch, 1L) && asked.contains(interval);
            return wider ? new KnownGroup(uid, bootstrapMember, servers, asked, epoch, joined) : this;
        }

        /**
         * The same as its resource shows it now. What a started group is never changes by an edit of the resource: its
         * uid, and its interval at one epoch.
         */
        KnownGroup after(Shard shard, boolean joins) {
            KnownGroup shown = of(shard, joins || Boolean.TRUE.equals(joined));
            if (bootstrapMember == null) {
                return shown;
            }
            if (!uid.equals(shown.uid)) {
                return this;
            }
            boolean sameEpoch = interval != null && epoch != null && shown.epoch != null && shown.epoch <= epoch;
            return new KnownGroup(
                    uid,
                    shown.bootstrapMember == null ? bootstrapMember : shown.bootstrapMember,
                    shown.servers,
                    sameEpoch ? interval : shown.interval,
                    sameEpoch ? epoch : shown.epoch,
                    shown.joined);
        }
    }

    /**
     * The record in a ConfigMap; absent when there is none, or when somebody has edited it, so that nothing can rest on
     * it.
     */
    public static @Nullable AcceptedRecord read(@Nullable ConfigMap map) {
        if (map == null || map.getData() == null) {
            return null;
        }
        String json = map.getData().get(KEY);
        if (json == null) {
            return null;
        }
        Map<String, String> annotations = map.getMetadata().getAnnotations();
        String written = annotations == null ? null : annotations.get(HASH);
        if (written != null && !written.equals(ContentHash.of(json))) {
            return null;
        }
        try {
            AcceptedRecord record = Serialization.unmarshal(json, AcceptedRecord.class);
            return record.schemaVersion < 0 || record.schemaVersion > MOST_VERSION ? null : record;
        } catch (RuntimeException e) {
            return null;
        }
    }

    /** The first record of a database whose spec is good, or one that is made again because it was lost. */
    public static AcceptedRecord first(ShardedDatabase database) {
        ShardedDatabaseSpec spec = database.getSpec();
        long generation = Objects.requireNonNullElse(database.getMetadata().getGeneration(), 1L);
        String hash = Schemas.hash(spec);
        // A record that was lost is made again; the version that the servers know stays.
        ShardedDatabaseStatus status = database.getStatus();
        Long told = status == null || !hash.equals(status.schemaHash()) ? null : status.schemaVersion();
        int rules = Schemas.rulesOfIndexes(Schemas.definition(spec, 0));
        return new AcceptedRecord(
                spec,
                Objects.requireNonNullElse(told, generation),
                hash,
                rules == 0 ? TableSteps.ADDITIONS : TableSteps.nothingGoes(rules),
                null,
                List.of(),
                Map.of(),
                Map.of(),
                status == null || status.schemaVersion() == null ? UsedPermissions.NONE : spent(database));
    }

    /**
     * All that is allowed: it is not known any more which of it was used. A person who still wants it allows it again.
     */
    private static UsedPermissions spent(ShardedDatabase database) {
        Map<String, String> annotations = database.getMetadata().getAnnotations();
        String allowed = annotations == null ? null : annotations.get(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION);
        return new UsedPermissions(Set.of(), TablePermissions.parse(allowed).allowed());
    }

    /**
     * The same under a new spec that is good.
     *
     * @param tables what was decided of its tables; while they are not accepted, those before stay
     */
    public AcceptedRecord after(ShardedDatabaseSpec asked, TablesDecision tables) {
        if (tables instanceof TablesDecision.Accept accept) {
            return new AcceptedRecord(
                    asked,
                    accept.version(),
                    Schemas.hash(asked),
                    accept.steps(),
                    inForce,
                    accept.left(),
                    groups,
                    servers,
                    permissions.by(accept.uses()));
        }
        return new AcceptedRecord(
                asked.withTables(spec.tables()),
                schemaVersion,
                schemaHash,
                steps,
                inForce,
                left,
                groups,
                servers,
                permissions);
    }

    /** The definition of the accepted tables, as every shard gets it. */
    public SchemaDefinition definition() {
        return steps.with(Schemas.definition(spec, schemaVersion));
    }

    /**
     * The same with what the resources of the shards show: their groups, the addresses of their servers, and whether
     * the tables are in force by now. Shards whose resource is gone stay known, if they were ever started.
     */
    public AcceptedRecord seen(List<Shard> shards) {
        Map<String, KnownGroup> known = new TreeMap<>(groups);
        Map<String, String> addresses = new TreeMap<>(servers);
        Map<String, IntervalSpec> wanted = new HashMap<>();
        Shards.wanted(spec).forEach(shard -> wanted.put(shard.name(), shard.interval()));
        Set<String> asked = wanted.keySet();
        known.entrySet()
                .removeIf(group -> group.getValue().bootstrapMember() == null && !asked.contains(group.getKey()));
        for (Shard shard : shards) {
            String name = shard.getSpec().name();
            boolean joins = version(shard) > 0;
            KnownGroup before = known.get(name);
            known.put(
                    name,
                    before == null
                            ? KnownGroup.of(shard, joins).spanning(wanted.get(name))
                            : before.after(shard, joins));
            for (ShardReplicaSpec replica : shard.getSpec().replicas()) {
                if (replica.address() != null) {
                    addresses.put(replica.server(), replica.address());
                }
            }
        }
        Set<String> holding = new HashSet<>();
        known.values().forEach(group -> holding.addAll(group.servers()));
        addresses.keySet().retainAll(holding);
        boolean all = isInForce(shards, known, asked);
        return new AcceptedRecord(
                spec,
                schemaVersion,
                schemaHash,
                steps,
                all ? TableSteps.Past.inForce(this) : inForce,
                // Nothing else is accepted until every shard has these, and no shard goes back.
                all ? List.of() : left,
                known,
                addresses,
                all ? permissions.inForce() : permissions);
    }

    /** Definitions that came into force before the accepted one, in their order, as far as they are remembered. */
    public List<SchemaDefinition> earlier() {
        return inForce == null ? List.of() : TableSteps.Past.before(inForce, schemaVersion, spec);
    }

    /** The same with what somebody allows by now. */
    public AcceptedRecord allowing(Set<String> annotation) {
        return new AcceptedRecord(
                spec,
                schemaVersion,
                schemaHash,
                steps,
                inForce,
                left,
                groups,
                servers,
                permissions.standing(annotation));
    }

    /**
     * Whether requests should be made for the accepted tables from now on. At first, every shard that the spec asks
     * for, and every shard that was ever started, must be known to have them. The first catalog must name every shard
     * that may hold rows, even if the record of an earlier one was lost. Later those that have had tables must be known
     * to have these: one without a leader may refuse them yet, and what is in force is never taken back. A shard with
     * later tables does not have these: it refuses them.
     *
     * @param known the groups as they are by now
     */
    private boolean isInForce(List<Shard> shards, Map<String, KnownGroup> known, Set<String> asked) {
        if (spec.tables().isEmpty()) {
            return false;
        }
        Map<String, Long> versions = new TreeMap<>();
        shards.forEach(shard -> versions.put(shard.getSpec().name(), version(shard)));
        Set<String> all = new HashSet<>(inForce == null ? asked : Set.of());
        known.forEach((name, group) -> {
            if (inForce == null ? group.bootstrapMember() != null : Boolean.TRUE.equals(group.joined())) {
                all.add(name);
            }
        });
        return !all.isEmpty() && all.stream().allMatch(name -> versions.getOrDefault(name, 0L) == schemaVersion);
    }

    /** Version of the tables that a shard has, as its leader told last; 0 when it has none, or nobody knows. */
    private static long version(Shard shard) {
        ShardStatus status = shard.getStatus();
        Long version = status == null ? null : status.schemaVersion();
        return version == null ? 0 : version;
    }

    /** Whether it is of an earlier time than another one of the same database: versions of tables only grow. */
    public boolean isBefore(@Nullable AcceptedRecord other) {
        return other != null
                && (schemaVersion < other.schemaVersion
                        || (inForce != null && other.inForce != null && inForce.version() < other.inForce.version()));
    }

    /** Whether its tables are not in force yet, and others are. */
    public boolean isChanging() {
        return inForce != null && inForce.version() != schemaVersion;
    }

    /**
     * What the tables of a new spec may have although they break a rule that became stricter: what those in force have,
     * or those that were accepted and that a shard has taken.
     *
     * @param shards the resources as they are
     */
    public ShardedDatabaseSpec comparable(List<Shard> shards) {
        TablesInForce tables = inForce;
        if (tables == null || tables.version() == schemaVersion) {
            return spec;
        }
        boolean taken = shards.stream().anyMatch(shard -> version(shard) >= schemaVersion);
        return taken ? spec : spec.withTables(tables.tables());
    }

    /** The group that a shard without a resource has to go on with; absent when it was never started. */
    public @Nullable KnownGroup started(String shard) {
        KnownGroup known = groups.get(shard);
        return known == null || known.bootstrapMember() == null ? null : known;
    }

    /**
     * Whether a shard can be put back from here as it is when its object goes: one that was never started has nothing
     * to keep.
     */
    public boolean holds(Shard shard) {
        KnownGroup known = started(shard.getSpec().name());
        return known == null
                ? shard.getSpec().bootstrapMember() == null && shard.getSpec().group() == null
                : known.interval() != null;
    }

    /**
     * The ConfigMap that holds it, with the catalog that routers read.
     *
     * @param before the ConfigMap as it is; absent: there is none
     * @param now by the operator's clock: a revision that is new is at least this in milliseconds
     */
    public ConfigMap object(ShardedDatabase database, @Nullable ConfigMap before, Instant now) {
        String json = ContentHash.canonical(this);
        ConfigMapBuilder map = new ConfigMapBuilder()
                .withMetadata(Naming.owned(
                        database, Naming.accepted(database.getMetadata().getName()), "record"))
                .editMetadata()
                .addToAnnotations(HASH, ContentHash.of(json))
                .endMetadata()
                .addToData(KEY, json);
        Long told = database.getStatus() == null ? null : database.getStatus().catalogRevision();
        Catalog catalog = Catalogs.next(
                this,
                database.getMetadata().getUid(),
                Catalogs.read(before),
                Catalogs.lastRevision(before, told),
                now.toEpochMilli());
        if (catalog != null) {
            map.addToData(Catalog.KEY, ContentHash.canonical(catalog))
                    .editMetadata()
                    .addToAnnotations(Catalogs.REVISION, Long.toString(catalog.revision()))
                    .endMetadata();
        }
        return map.build();
    }
}
