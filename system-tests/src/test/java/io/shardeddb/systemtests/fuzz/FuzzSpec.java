package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the fuzzer wants of a spec now. Tables, columns and shards come in a fixed order, so that each valid spec has
 * the beginning of the same sequence: what was taken back may be asked for again, and the one that asks for everything
 * that was ever asked for is always good. Used by one thread.
 */
public final class FuzzSpec {

    private static final int MOST_TABLES = 3;
    private static final int MOST_COLUMNS = TableShape.FIRST + 12;
    private static final int MOST_SHARDS = 5;

    private State now = new State(Map.of("t0", TableShape.FIRST), 2, 3, 3, false, null);
    private State everything = now;

    /**
     * A spec.
     *
     * @param columns how many columns each table has, by its name
     * @param invalid what is wrong with it; null: nothing
     */
    public record State(
            Map<String, Integer> columns,
            int shards,
            int replicas,
            int servers,
            boolean paused,
            @Nullable InvalidEdit invalid) {

        public State {
            columns = Map.copyOf(columns);
        }

        State with(@Nullable InvalidEdit edit) {
            return new State(columns, shards, replicas, servers, paused, edit);
        }

        State paused(boolean on) {
            return new State(columns, shards, replicas, servers, on, invalid);
        }

        State columns(String table, int count) {
            Map<String, Integer> more = new TreeMap<>(columns);
            more.put(table, count);
            return new State(more, shards, replicas, servers, paused, invalid);
        }

        State shards(int count) {
            return new State(columns, count, replicas, servers, paused, invalid);
        }

        State replicas(int count) {
            return new State(columns, shards, count, servers, paused, invalid);
        }

        State servers(int count) {
            return new State(columns, shards, replicas, count, paused, invalid);
        }

        /** The fields that the fuzzer changes. */
        ObjectNode json() {
            ObjectNode spec = JsonNodeFactory.instance.objectNode();
            spec.putObject("sharding").put("strategy", "Range");
            ArrayNode tables = spec.putArray("tables");
            new TreeMap<>(columns).forEach((name, count) -> {
                ObjectNode table = tables.addObject().put("name", name);
                ArrayNode list = table.putArray("columns");
                for (int column = 0; column < count; column++) {
                    list.addObject().put("name", TableShape.name(column)).put("type", TableShape.type(column));
                }
                table.putArray("primaryKey").add(TableShape.name(0));
                table.put("shardKey", TableShape.name(0));
            });
            ArrayNode list = spec.putArray("shards");
            for (int shard = 0; shard < shards; shard++) {
                list.addObject()
                        .put("name", "sh" + (shard + 1))
                        .put("low", shard * RowModel.SHARD_SIZE)
                        .put("size", RowModel.SHARD_SIZE);
            }
            spec.putObject("replication").put("replicas", replicas);
            spec.putObject("servers").put("count", servers).putObject("storage").put("size", "1Gi");
            spec.put("paused", paused);
            if (invalid != null) {
                invalid.change().accept(spec);
            }
            return spec;
        }
    }

    State now() {
        return now;
    }

    /** Wants another spec. */
    void set(State next) {
        now = next;
        Map<String, Integer> columns = new TreeMap<>(everything.columns());
        next.columns().forEach((table, count) -> columns.merge(table, count, Math::max));
        everything = new State(
                columns, Math.max(everything.shards(), next.shards()), next.replicas(), next.servers(), false, null);
    }

    /** The last good spec, with everything that was ever asked for. */
    State everything() {
        return everything;
    }

    /** One more column of some table; null when there are enough. */
    @Nullable
    State oneMoreColumn(int choice) {
        List<String> names = new ArrayList<>(new TreeMap<>(now.columns()).keySet());
        String table = names.get(choice % names.size());
        int columns = now.columns().getOrDefault(table, 0);
        return columns >= MOST_COLUMNS ? null : now.columns(table, columns + 1);
    }

    /** One more table; null when there are enough. */
    @Nullable
    State oneMoreTable() {
        int tables = now.columns().size();
        return tables >= MOST_TABLES ? null : now.columns("t" + tables, TableShape.FIRST);
    }

    /** One more shard behind the others; null when there are enough. */
    @Nullable
    State oneMoreShard() {
        return now.shards() >= MOST_SHARDS ? null : now.shards(now.shards() + 1);
    }

    /** Whether little is left that could be asked for. */
    public boolean isUsedUp() {
        return everything.columns().values().stream().anyMatch(columns -> columns >= MOST_COLUMNS);
    }

    /** Tables that were ever asked for. */
    List<String> tables() {
        return List.copyOf(new TreeMap<>(everything.columns()).keySet());
    }

    /** Shards that were ever asked for. */
    int shards() {
        return everything.shards();
    }

    void expect(RowModel model) {
        everything.columns().forEach(model::asksFor);
    }

    /** A whole resource to begin with. */
    public ObjectNode resource(String name, int routers) {
        ObjectNode resource = JsonNodeFactory.instance.objectNode();
        resource.put("apiVersion", "shardeddb.io/v1alpha1").put("kind", "ShardedDatabase");
        resource.putObject("metadata").put("name", name);
        ObjectNode spec = now.json();
        resource.set("spec", spec);
        ObjectNode servers = spec.withObject("servers");
        servers.putObject("mysql").putObject("config").put("innodb-buffer-pool-size", "64M");
        limits(servers.withObject("mysql"), 128);
        limits(servers, 192);
        limits(spec.putObject("router").put("replicas", routers), 192);
        spec.put("deletionPolicy", "Delete");
        return resource;
    }

    private static void limits(ObjectNode of, int mebibytes) {
        ObjectNode resources = of.putObject("resources");
        resources.putObject("requests").put("memory", mebibytes + "Mi").put("cpu", "100m");
        resources.putObject("limits").put("memory", "512Mi");
    }
}
