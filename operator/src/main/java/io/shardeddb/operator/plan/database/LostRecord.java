package io.shardeddb.operator.plan.database;

import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.operator.desired.Schemas;
import io.shardeddb.operator.desired.Shards;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.DefinableTables;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What must hold before the record of what was accepted is made again after somebody deleted it. Without it nothing
 * tells which tables the rows have, or which group a shard without a resource had: a guess would read rows wrongly, or
 * start a shard again over rows that exist.
 */
final class LostRecord {

    private LostRecord() {}

    /**
     * What servers tell of a shard's tables.
     *
     * @param leads whether its leader answers: no other replica tells what the shard has, only what it had once
     * @param version that the leader tells; 0: it has no tables
     * @param hash of the leader's tables; 0: it does not tell
     * @param greatest version that any replica tells
     */
    record Told(boolean leads, long version, long hash, long greatest) {
        static final Told NOTHING = new Told(false, 0, 0, 0);
    }

    /**
     * What must be corrected, or waited for.
     *
     * @param silence whether nothing is wrong but that leaders do not answer. Then shards may start, move and recover,
     *     with the tables that they have
     * @param agreed version of the spec's tables that every shard tells, whatever the status says; 0: there is none
     */
    record Findings(List<SpecValidation.Violation> violations, boolean silence, long agreed) {
        static final Findings NONE = new Findings(List.of(), false, 0);

        /**
         * The database as the shards show it. Its status may be of an earlier time than they are: a restored one is,
         * and one that was not written any more.
         */
        ShardedDatabase known(ShardedDatabase asked) {
            ShardedDatabaseStatus status = asked.getStatus();
            if (agreed == 0 || status == null) {
                return asked;
            }
            ShardedDatabase known = new ShardedDatabase();
            known.setMetadata(asked.getMetadata());
            known.setSpec(asked.getSpec());
            known.setStatus(status.withTables(agreed, Schemas.hash(asked.getSpec())));
            return known;
        }

        /** As they are told, in a list of its own. */
        List<String> texts() {
            List<String> texts = new ArrayList<>();
            violations.forEach(violation -> texts.add(violation.toString()));
            return texts;
        }
    }

    /** What servers tell, by the shard's name. */
    static Map<String, Told> told(List<Shard> shards, Observed observed) {
        Map<String, Told> told = new TreeMap<>();
        shards.forEach(shard -> {
            Uid group = Uids.ofResource(shard.groupUid());
            Observed.Leader leader = observed.leader(group);
            long greatest = observed.replicas(group).stream()
                    .mapToLong(ReplicaStatus::getSchemaVersion)
                    .max()
                    .orElse(0);
            told.put(
                    shard.getSpec().name(),
                    leader == null
                            ? new Told(false, 0, 0, greatest)
                            : new Told(
                                    true,
                                    leader.status().getSchemaVersion(),
                                    leader.status().getSchemaHash(),
                                    greatest));
        });
        return told;
    }

    private static SpecValidation.Violation unusable(ShardedDatabase database, String fault) {
        return new SpecValidation.Violation(
                "spec",
                "ConfigMap " + Catalog.objectName(database.getMetadata().getName())
                        + ", the record of what volumes hold, " + fault + " and tells nothing that can be relied on:"
                        + " put it back as it was; or delete it, and the volumes with it, to begin again");
    }

    /**
     * What is wrong; empty for a database that had no record yet, and for one that can be recorded again as it is.
     *
     * @param told what servers tell of the shards' tables, by name
     * @param fault why the record that is there cannot be used; absent: there is none
     */
    static Findings check(
            ShardedDatabase database, List<Shard> shards, Map<String, Told> told, @Nullable String fault) {
        ShardedDatabaseStatus status = database.getStatus();
        if (status == null || status.schemaVersion() == null) {
            return fault == null ? Findings.NONE : new Findings(List.of(unusable(database, fault)), false, 0);
        }
        long agreed = agreed(shards, told, hash(database));
        long inForce = agreed == 0 ? status.schemaVersion() : agreed;
        String record = "ConfigMap " + Catalog.objectName(database.getMetadata().getName())
                + ", the record of what is in force, " + (fault == null ? "is gone" : fault);
        List<SpecValidation.Violation> violations = new ArrayList<>();
        boolean asInForce = agreed > 0 || Schemas.hash(database.getSpec()).equals(status.schemaHash());
        if (!asInForce) {
            violations.add(new SpecValidation.Violation(
                    "spec.tables",
                    record + ", and these are not the tables in force: write those here, or put the latest"
                            + " ConfigMap back"));
        }
        List<String> other = shards.stream()
                .filter(shard -> isOther(shard, told(shard, told), inForce, asInForce ? hash(database) : 0))
                .map(shard -> shard.getSpec().name())
                .sorted()
                .toList();
        if (!other.isEmpty()) {
            violations.add(new SpecValidation.Violation(
                    "spec.tables",
                    record + ", and tables were being changed: the shards " + String.join(", ", other)
                            + " have others than those in force, and nothing else tells which: put the latest"
                            + " ConfigMap back" + orWrite(shards, told)));
        }
        Set<String> there = new HashSet<>();
        shards.forEach(shard -> there.add(shard.getSpec().name()));
        List<String> missing = Shards.wanted(database.getSpec()).stream()
                .map(Shards.Wanted::name)
                .filter(name -> !there.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            violations.add(new SpecValidation.Violation(
                    "spec.shards",
                    record + ", and the shards " + String.join(", ", missing)
                            + " have no object that tells their groups: put the ConfigMap or the Shard objects back"));
        }
        List<String> silent = shards.stream()
                .filter(shard -> !other.contains(shard.getSpec().name()) && isSilent(shard, told(shard, told)))
                .map(shard -> shard.getSpec().name())
                .sorted()
                .toList();
        if (!silent.isEmpty()) {
            violations.add(new SpecValidation.Violation(
                    "spec.tables",
                    record + ", and no leader of the shards " + String.join(", ", silent)
                            + " answers, so nobody knows which tables they have: it is recorded again when they answer,"
                            + " or put the latest ConfigMap back"));
        }
        return new Findings(List.copyOf(violations), violations.size() == 1 && !silent.isEmpty(), agreed);
    }

    /**
     * The version of the tables that every shard that may have any tells, and no replica a later one: these are in
     * force, as nobody has others. 0: they tell no version or several, or other tables.
     *
     * @param hash of the tables; 0: any, if they are the same everywhere
     */
    private static long agreed(List<Shard> shards, Map<String, Told> told, long hash) {
        Set<Told> all = new HashSet<>();
        boolean later = false;
        for (Shard shard : shards) {
            Told tells = told(shard, told);
            Long known = known(shard);
            boolean mayHave = shard.getSpec().bootstrapMember() != null || known != null || !tells.equals(Told.NOTHING);
            if (mayHave) {
                all.add(tells);
                later |= known != null && known > tells.version();
            }
        }
        if (all.size() != 1 || later) {
            return 0;
        }
        Told one = all.iterator().next();
        boolean same = one.hash() != 0 && (hash == 0 || one.hash() == hash);
        return one.leads() && same && one.greatest() == one.version() ? one.version() : 0;
    }

    /** What else helps where all shards have the same tables. */
    private static String orWrite(List<Shard> shards, Map<String, Told> told) {
        long version = agreed(shards, told, 0);
        return version == 0
                ? ""
                : "; or write here the tables that every shard has, of version " + version
                        + " (a router that runs tells them: GET /v1/tables)";
    }

    private static Told told(Shard shard, Map<String, Told> told) {
        return told.getOrDefault(shard.getSpec().name(), Told.NOTHING);
    }

    /** The hash of the spec's tables as servers tell it; 0: they break a rule, so no server has them. */
    private static long hash(ShardedDatabase database) {
        SchemaDefinition tables = Schemas.definition(database.getSpec(), 0);
        return DefinableTables.whole(tables) ? DatabaseSchema.ofWire(tables).hash() : 0;
    }

    private static @Nullable Long known(Shard shard) {
        return shard.getStatus() == null ? null : shard.getStatus().schemaVersion();
    }

    /**
     * A server may have taken other tables that the shard's status does not tell of yet. An operator that knew no
     * better may have given their version twice.
     *
     * @param hash of the tables in force; 0: not known
     */
    private static boolean isOther(Shard shard, Told told, long inForce, long hash) {
        Long known = known(shard);
        boolean tells = told.leads() && told.version() > 0;
        // A restored status tells less than the leader does.
        boolean behind = known != null && known < inForce && !tells;
        if (behind || (known != null && known > inForce) || told.greatest() > inForce) {
            return true;
        }
        return tells && (told.version() != inForce || (hash != 0 && told.hash() != 0 && told.hash() != hash));
    }

    /** Whether a shard may have tables that nobody tells of now. What its status told may be of an earlier time. */
    private static boolean isSilent(Shard shard, Told told) {
        boolean started = shard.getSpec().bootstrapMember() != null || known(shard) != null;
        return started && (!told.leads() || (told.version() == 0 && known(shard) != null));
    }
}
