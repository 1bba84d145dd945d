package io.shardeddb.cli.objects;

import io.shardeddb.cli.cluster.TableRules;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.DeletionPolicy;
import io.shardeddb.crds.ServersSpec;
import io.shardeddb.crds.ShardRangeSpec;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.protocol.schema.TableChange;
import io.shardeddb.protocol.schema.TablePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a change of a database's specification means: a pure function of both specifications, of the tables in force,
 * and of what is allowed.
 *
 * @param sentences what follows, for a person
 * @param refusals what the operator would refuse; empty when the change is possible
 */
record Consequences(List<String> sentences, List<String> refusals) {

    /** With the tables of the specification before in force, and nothing allowed. */
    static Consequences of(@Nullable ShardedDatabaseSpec before, ShardedDatabaseSpec after) {
        return of(before, after, before, TablePermissions.NONE);
    }

    /**
     * @param before null for a new database
     * @param inForce a specification with the tables in force; null for a new database
     * @param permissions which changes of tables are allowed
     */
    static Consequences of(
            @Nullable ShardedDatabaseSpec before,
            ShardedDatabaseSpec after,
            @Nullable ShardedDatabaseSpec inForce,
            TablePermissions permissions) {
        Change change = new Change(before, after);
        change.servers();
        change.shards();
        change.copies();
        List<SpecValidation.Violation> violations = new ArrayList<>(SpecValidation.check(after));
        if (violations.isEmpty()) {
            violations.addAll(TableRules.check(after, before));
        }
        if (violations.isEmpty()) {
            List<TableChange> changes = TableRules.changes(
                    inForce == null ? after.withTables(List.of()).withCollections(List.of(), List.of()) : inForce,
                    after);
            change.tables(changes, permissions);
            changes.stream()
                    .filter(TableChange.Refused.class::isInstance)
                    .map(TableChange.Refused.class::cast)
                    .forEach(refused ->
                            violations.add(new SpecValidation.Violation("spec." + refused.path(), refused.message())));
        }
        permissions
                .problems()
                .forEach(problem -> violations.add(new SpecValidation.Violation(
                        "metadata.annotations." + ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION, problem)));
        change.rest();
        if (before != null) {
            violations.addAll(TableRules.ofChange(before, after));
        }
        List<String> refusals =
                violations.stream().map(SpecValidation.Violation::toString).toList();
        return new Consequences(List.copyOf(change.sentences), List.copyOf(refusals));
    }

    /** Shards that a specification makes. */
    private static int shardCount(ShardedDatabaseSpec spec) {
        return spec.sharding().strategy() == ShardingStrategy.Range
                ? spec.shards().size()
                : Objects.requireNonNullElse(spec.shardCount(), 0);
    }

    private static int copiesOf(ShardRangeSpec shard, ShardedDatabaseSpec spec) {
        return Objects.requireNonNullElse(shard.replicas(), spec.replication().replicas());
    }

    /** Copies of all shards together. */
    private static int copyCount(ShardedDatabaseSpec spec) {
        return spec.sharding().strategy() == ShardingStrategy.Range
                ? spec.shards().stream()
                        .mapToInt(shard -> copiesOf(shard, spec))
                        .sum()
                : shardCount(spec) * spec.replication().replicas();
    }

    private static final class Change {
        private final @Nullable ShardedDatabaseSpec before;
        private final ShardedDatabaseSpec after;
        private final List<String> sentences = new ArrayList<>();

        Change(@Nullable ShardedDatabaseSpec before, ShardedDatabaseSpec after) {
            this.before = before;
            this.after = after;
        }

        private void say(String sentence) {
            sentences.add(sentence);
        }

        void servers() {
            int now = after.servers().count();
            int was = before == null ? 0 : before.servers().count();
            if (now > was) {
                say("servers: " + was + " -> " + now + "; " + (now - was) + " start empty, each with a volume of "
                        + after.servers().storage().size());
            } else if (now < was) {
                say("servers: " + was + " -> " + now + "; " + (was - now)
                        + " are emptied first (their copies are made elsewhere), then removed; "
                        + (after.deletionPolicy() == DeletionPolicy.Retain
                                ? "their volumes stay (Retain)"
                                : "their volumes are deleted (Delete)"));
            }
            int most = after.replication().replicas();
            if (now < most) {
                say("NOT ENOUGH SERVERS: " + most + " copies of a shard need as many servers, and there are " + now
                        + "; shards stay below their size until there are more");
            }
            if (before != null && restarts(before.servers(), after.servers())) {
                say("servers: restarted with the new settings, one at a time; leaderships are handed over first,"
                        + " and the next one goes only when every shard has its quorum again");
            }
        }

        private static boolean restarts(ServersSpec old, ServersSpec now) {
            return !old.mysql().equals(now.mysql()) || !Objects.equals(old.resources(), now.resources());
        }

        void shards() {
            int now = shardCount(after);
            int was = before == null ? 0 : shardCount(before);
            if (before == null) {
                say("shards: " + now
                        + (after.sharding().strategy() == ShardingStrategy.Hash
                                ? ", the hash of a row's shard key decides"
                                : ", the number in a row's shard key decides"));
                return;
            }
            for (ShardRangeSpec shard : after.shards()) {
                Optional<ShardRangeSpec> old = named(before.shards(), shard.name());
                String interval = "[" + shard.low() + ", " + (shard.low() + shard.size()) + ")";
                if (old.isEmpty()) {
                    say("shards: " + shard.name() + " is new and empty, for positions " + interval);
                }
            }
            for (ShardRangeSpec shard : before.shards()) {
                if (named(after.shards(), shard.name()).isEmpty()) {
                    say("shards: WITHHELD: " + shard.name()
                            + " is left out; the operator keeps it, because its rows would be lost");
                }
            }
            if (was != now && after.sharding().strategy() == ShardingStrategy.Hash) {
                say("shards: " + was + " -> " + now);
            }
        }

        private static Optional<ShardRangeSpec> named(List<ShardRangeSpec> shards, String name) {
            return shards.stream().filter(shard -> shard.name().equals(name)).findFirst();
        }

        void copies() {
            int now = copyCount(after);
            int was = before == null ? 0 : copyCount(before);
            boolean otherServers = before == null
                    || !before.servers().count().equals(after.servers().count());
            if (now != was || otherServers) {
                spread(was, now);
            }
            quorums();
        }

        private void spread(int was, int now) {
            int servers = after.servers().count();
            String spread =
                    servers == 0 ? "" : ", about " + round(now, servers) + " on each of " + servers + " servers";
            say(
                    was == now
                            ? "copies: " + now + " in all as before" + spread
                            : "copies: " + was + " -> " + now + " in all" + spread);
            if (now > was && before != null) {
                say("copies: each new one is copied from a follower while the shard serves, and votes once it has"
                        + " caught up");
            }
        }

        private void quorums() {
            int replicas = after.replication().replicas();
            boolean sizeChanged = before == null
                    || !before.replication()
                            .replicas()
                            .equals(after.replication().replicas())
                    || !Objects.equals(
                            before.replication().faultTolerance(),
                            after.replication().faultTolerance());
            if (sizeChanged) {
                int commit = Objects.requireNonNullElse(after.replication().faultTolerance(), replicas / 2) + 1;
                int elect = after.replication().faultTolerance() == null ? commit : replicas - (commit - 1);
                int spare = replicas - Math.max(commit, elect);
                say("copies: " + replicas + " of each shard; a write is acknowledged by " + commit + " of them, and "
                        + (spare == 0 ? "NONE" : spare) + " may be lost while the shard goes on");
            }
        }

        void tables(List<TableChange> changes, TablePermissions permissions) {
            for (TableChange change : changes) {
                String permission = change.permission();
                if (change instanceof TableChange.Refused) {
                    continue;
                }
                String how = permission == null
                        ? "at once, on every shard, through its log"
                        : permission.startsWith("drop")
                                ? "its values are lost"
                                : "the database reads or writes the whole table, which takes long where it is large";
                say("tables: " + change.text() + ": " + how);
                if (permission != null && permissions.allowed().contains(permission)) {
                    say("tables: allowed: " + permission);
                } else if (permission != null) {
                    say("tables: WITHHELD until it is allowed: --allow '" + permission + "'");
                }
            }
        }

        void rest() {
            int now = after.router().replicas();
            int was = before == null ? 0 : before.router().replicas();
            if (now != was) {
                say("routers: " + was + " -> " + now);
            }
            if (before == null) {
                return;
            }
            if (before.deletionPolicy() != after.deletionPolicy()) {
                say("volumes: from now on "
                        + (after.deletionPolicy() == DeletionPolicy.Delete
                                ? "DELETED with their server or database"
                                : "kept when their server or the database goes"));
            }
            if (before.paused() != after.paused()) {
                say(
                        after.paused()
                                ? "paused: the operator observes and changes nothing until this is false again"
                                : "resumed: the operator acts again");
            }
            if (sentences.isEmpty()) {
                say("no server, shard or copy is touched");
            }
        }

        private static String round(int copies, int servers) {
            return copies % servers == 0
                    ? String.valueOf(copies / servers)
                    : copies / servers + " to " + (copies / servers + 1);
        }
    }
}
