package io.shardeddb.cli.bench.measured;

import io.shardeddb.bench.peer.Peer;
import io.shardeddb.bench.workload.Table;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The database that a measurement runs on.
 *
 * @param shards of equal size, from position 0
 * @param positions in each shard
 * @param servers that it runs on
 * @param replicas of each shard
 * @param poolMegabytes InnoDB's buffer pool in each server, and its log
 * @param spaces key-value spaces; where there are some, tables are distributed by a hash
 */
public record Shape(int shards, long positions, int servers, int replicas, int poolMegabytes, List<String> spaces) {

    /** Positions of each shard in the sharding assignment. */
    private static final long ASSIGNMENT_SIZE = 4096;

    private static final int SMALL_POOL = 128;

    /** For keys of the workloads: all of their range, in equal parts. */
    public static Shape ofWorkloads(int shards, int servers, int replicas) {
        long keys = 1L << Table.KEY_BITS;
        return new Shape(shards, (keys + shards - 1) / shards, servers, replicas, SMALL_POOL, List.of());
    }

    /** The same for what is compared with peers, whose pools are as large. */
    public static Shape besidePeers(int shards, int servers, int replicas) {
        Shape shape = ofWorkloads(shards, servers, replicas);
        return new Shape(shards, shape.positions, servers, replicas, Peer.POOL_MEGABYTES, List.of());
    }

    /** As the assignment draws it. */
    public static Shape ofAssignment(int shards, int servers, int replicas) {
        return new Shape(shards, ASSIGNMENT_SIZE, servers, replicas, SMALL_POOL, List.of());
    }

    /** Distributed by a hash, with a key-value space next to the tables. */
    public static Shape ofKeys(int shards, int servers, int replicas, String space) {
        return new Shape(shards, 0, servers, replicas, Peer.POOL_MEGABYTES, List.of(space));
    }

    /** Shards, servers and replicas, as in 4/6/3. */
    public String text() {
        return shards + "/" + servers + "/" + replicas;
    }

    /** The custom resource. */
    public String manifest(String name, List<Table> tables) {
        String tableLines = tables.stream()
                .map(table -> "    - {name: " + table.name() + ", primaryKey: ["
                        + table.key().name() + "], columns: ["
                        + table.columns().stream()
                                .map(column -> "{name: " + column.name() + ", type: "
                                        + (column.number() ? "Number" : "String") + "}")
                                .collect(Collectors.joining(", "))
                        + "]}\n")
                .collect(Collectors.joining());
        return """
                apiVersion: shardeddb.io/v1alpha1
                kind: ShardedDatabase
                metadata: {name: %2$s}
                spec:
                %4$s  tables:
                %3$s  replication: {replicas: %5$d}
                  servers:
                    count: %6$d
                    storage: {size: 4Gi}
                    mysql:
                      config: {innodb-buffer-pool-size: %1$dM, innodb-log-file-size: %1$dM}
                      resources: {requests: {memory: 128Mi, cpu: 100m}}
                    resources: {requests: {memory: 192Mi, cpu: 100m}}
                  router:
                    replicas: 1
                    resources: {requests: {memory: 192Mi, cpu: 100m}}
                  timestamps: {mode: Hybrid}
                  deletionPolicy: Delete
                """.formatted(poolMegabytes, name, tableLines, sharding(), replicas, servers);
    }

    private String sharding() {
        if (spaces.isEmpty()) {
            return "  sharding: {strategy: Range}\n  shards:\n"
                    + IntStream.range(0, shards)
                            .mapToObj(i -> "    - {name: sh" + (i + 1) + ", low: " + i * positions + ", size: "
                                    + positions + "}\n")
                            .collect(Collectors.joining());
        }
        return "  sharding: {strategy: Hash}\n  shardCount: " + shards + "\n  keyValueSpaces:\n"
                + spaces.stream().map(space -> "    - {name: " + space + "}\n").collect(Collectors.joining());
    }
}
