package io.shardeddb.router.forward;

import io.shardeddb.crds.Administration;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.keyspace.Positions;
import io.shardeddb.protocol.link.LinkThreads;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.stream.EventLoops;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Leaders;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A router's reads in front of a fake cluster. */
final class RouterReads implements AutoCloseable {
    private final LinkThreads threads = LinkThreads.start("scan-test");
    private final EventLoops grpc = new EventLoops("grpc-test");
    private final ServerLinks links = new ServerLinks(threads, grpc, Authentication.NONE);
    private final LatestTopology topology = new LatestTopology();
    private final LeaderWatch watch;
    private final Forwarder forwarder;
    private final Reads reads;
    private boolean more;
    private boolean leftCut;

    RouterReads(FakeCluster cluster, Duration timeout) {
        Leaders leaders = new Leaders();
        LogTimes times = new LogTimes(InstantSource.system());
        forwarder = new Forwarder(
                links,
                leaders,
                times,
                new RouterSettings(
                        "test", "db", timeout, timeout, timeout, Administration.Open, Path.of("no-token"), null));
        reads = new Reads(forwarder, topology);
        watch = new LeaderWatch(links, leaders, times, topology);
        topology.publish(cluster.topology(1));
        watch.start();
    }

    /** What the router knows. */
    LatestTopology topology() {
        return topology;
    }

    /** A read of the table as it is now. */
    RangeRead read(KeyRange range, int limit, ReadLevel level, Integer... columns) {
        Topology now = topology.current();
        TableDefinition table = now.schema().tables().getFirst();
        return new RangeRead(
                now,
                table,
                range,
                Projection.of(table, List.of(columns)),
                limit,
                new ReadOptions(level, 5_000, SessionToken.EMPTY, null));
    }

    /** All rows of a read, streamed. */
    List<Row> rows(RangeRead read) {
        return rows(read, row -> {});
    }

    /** The same, with something to do after each row. */
    List<Row> rows(RangeRead read, Consumer<Row> each) {
        List<Row> all = new ArrayList<>();
        try (RangeStream rows = reads.stream(read)) {
            rows.forEachRemaining(row -> {
                all.add(row);
                each.accept(row);
            });
            more = rows.more();
            leftCut = rows.leftCut();
        }
        return all;
    }

    List<Long> keys(KeyRange range, int limit, ReadLevel level) {
        // The key comes last, and not at its place in the table.
        RangeRead read = read(range, limit, level, 1);
        return rows(read).stream().map(row -> key(read, row)).toList();
    }

    /** The key of a fetched row. */
    static long key(RangeRead read, Row row) {
        return ((Value.Int64) read.projection().keyOf(row).get(0)).value();
    }

    /** Whether the last read had more rows than its limit. */
    boolean more() {
        return more;
    }

    /** Whether some rows of the last read were of a later moment than the others. */
    boolean leftCut() {
        return leftCut;
    }

    @Override
    public void close() {
        watch.close();
        forwarder.close();
        links.close();
        grpc.close();
        threads.close();
    }

    /** Puts a student into his shard: his name ends with his number, his marks are its last two digits. */
    static void insert(FakeCluster cluster, Topology topology, long key) {
        Row row = Row.of(new Value.Int64(key), new Value.Text("Student" + key), new Value.Int64(key % 100));
        ShardEntry shard = topology.shardAt(
                Positions.of(new Value.Int64(key), topology.schema().strategy()), FakeCluster.studentTable());
        cluster.group(topology.shards().indexOf(shard))
                .write(WriteRequest.newBuilder()
                        .setSchemaVersion(1)
                        .setEpoch(1)
                        .setRequest(RequestId.newBuilder().setClient("test").setNumber(key))
                        .addOperations(RowOperation.newBuilder()
                                .setKind(OperationKind.INSERT)
                                .setKey(RowCodec.encode(Row.of(new Value.Int64(key))))
                                .setRow(RowCodec.encode(row)))
                        .build());
    }
}
