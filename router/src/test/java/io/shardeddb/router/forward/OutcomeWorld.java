package io.shardeddb.router.forward;

import io.shardeddb.crds.Administration;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.link.LinkThreads;
import io.shardeddb.protocol.stream.EventLoops;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.fake.FakeGroup;
import io.shardeddb.router.fake.WriteFault;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Leaders;
import io.shardeddb.router.topology.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A router's real way of writing, before two fake shards, under one seed: leaders that move, answers that get lost,
 * writes that run later, tables that change, records that are forgotten, servers of an older version, clocks that step,
 * and clients that repeat. It keeps what each request was answered and finds what is wrong with it.
 */
final class OutcomeWorld implements AutoCloseable {

    /** Rules that a router or a server may break. */
    enum Variant {
        SOUND,
        /** A leader says of what it lost to another leader's log that it will never run. */
        TRUNCATED_TOLD_AS_REFUSED,
        /** A repeat is known by the columns of its rows, which look otherwise after the tables changed. */
        HASH_OVER_COLUMNS,
        /** A further round forgets that something was sent that may have run. */
        MAY_HAVE_RUN_FORGOTTEN_ON_REPLANNING,
        /** A write that may have run is sent again under another id. */
        NEW_ID_THOUGH_IT_MAY_HAVE_RUN
    }

    private static final int SERVERS = 3;
    private static final int SHARDS = 2;
    private static final int REQUESTS = 14;
    private static final long KEYS_IN_SHARD = 4096;
    private static final Duration TIMEOUT = Duration.ofMillis(160);
    private static final long HOUR = Duration.ofHours(1).toMillis();

    /** What the world before sent to these servers may still arrive: each has keys and ids of its own. */
    private static final long WORLDS = 64;

    private final FakeCluster cluster;
    private final Variant variant;
    private final String client;
    private final Random random;
    /** How many requests each shard's servers have seen when they are upgraded. */
    private final int[] olderUntil = new int[SHARDS];

    private final Map<GroupId, Random> faults = new HashMap<>();
    private final AtomicLong ahead = new AtomicLong();
    private final LinkThreads threads = LinkThreads.start("outcomes");
    private final EventLoops grpc = new EventLoops("grpc-test");
    private final ServerLinks links = new ServerLinks(threads, grpc, Authentication.NONE);
    private final LatestTopology topology = new LatestTopology();
    private final Forwarder forwarder;
    private final LeaderWatch watch;
    private final Writes writes;
    private final List<Try> tries = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private long version = 1;
    private long nextKey;

    /**
     * What a client asks for.
     *
     * @param id its own; absent: the router makes one
     * @param keys of its rows
     * @param text in all its rows
     */
    private record Request(@Nullable RequestId id, List<Long> keys, String text) {}

    /** One sending of a request and, by key, its answers; an error stands for all keys when nothing was sent. */
    private record Try(Request request, Map<Long, Boolean> before, Map<Long, Answer> answers) {}

    /** @param error absent: acknowledged */
    private record Answer(@Nullable DatabaseException error) {}

    OutcomeWorld(FakeCluster cluster, long seed, Variant variant) {
        this.cluster = cluster;
        this.variant = variant;
        client = "me-" + seed;
        nextKey = seed % WORLDS * (KEYS_IN_SHARD / WORLDS);
        random = new Random(seed);
        for (int i = 0; i < SHARDS; i++) {
            olderUntil[i] = random.nextInt(3) == 0 ? random.nextInt(REQUESTS) : 0;
        }
        cluster.reset();
        InstantSource clock = () -> InstantSource.system().instant().plusMillis(ahead.get());
        for (int i = 0; i < SHARDS; i++) {
            group(i).time(clock);
            faults.put(new GroupId(77, i), new Random(seed * SHARDS + i + 1));
        }
        for (int i = 0; i < SERVERS; i++) {
            cluster.server(i).writeFaults = this::fault;
        }
        Leaders leaders = new Leaders();
        LogTimes times = new LogTimes(InstantSource.system());
        RouterSettings settings = new RouterSettings(
                "test", "db", TIMEOUT, TIMEOUT, TIMEOUT, Administration.Open, Path.of("no-token"), null);
        forwarder = new Forwarder(links, leaders, times, settings);
        PartWrites.Sending sending = switch (variant) {
            case MAY_HAVE_RUN_FORGOTTEN_ON_REPLANNING ->
                (shard, request, mayHaveRun, deadline) -> forwarder.write(shard, request, false, deadline);
            case NEW_ID_THOUGH_IT_MAY_HAVE_RUN ->
                (shard, request, mayHaveRun, deadline) -> forwarder
                        .write(shard, request, mayHaveRun, deadline)
                        .exceptionallyCompose(OutcomeWorld::asIfItHadNotRun);
            default -> forwarder::write;
        };
        writes = new Writes(new PartWrites(sending, times), topology, settings);
        watch = new LeaderWatch(links, leaders, times, topology);
        topology.publish(cluster.topology(version));
        watch.start();
    }

    private static <T> CompletableFuture<T> asIfItHadNotRun(Throwable failure) {
        DatabaseException error = Writes.error(failure);
        return CompletableFuture.failedFuture(
                error.code() == ErrorCode.OUTCOME_UNKNOWN
                        ? new DatabaseException(ErrorCode.REQUEST_TIME, error.text())
                        : error);
    }

    private FakeGroup group(int shard) {
        return cluster.group(shard);
    }

    /** What becomes of the next write to a group; things may happen to the group just before it. */
    private WriteFault fault(GroupId id) {
        Random ofGroup = faults.get(id);
        FakeGroup group = group((int) id.low());
        if (ofGroup == null) {
            throw new IllegalStateException("no such group");
        }
        synchronized (ofGroup) {
            WriteFault fault = switch (ofGroup.nextInt(14)) {
                case 0 -> WriteFault.ANSWER_LOST;
                case 1 -> WriteFault.SILENCE;
                case 2 -> WriteFault.NEVER_SEEN;
                case 3, 4 ->
                    variant == Variant.TRUNCATED_TOLD_AS_REFUSED
                            ? WriteFault.RUNS_LATER_THOUGH_REFUSED
                            : WriteFault.RUNS_LATER;
                default -> WriteFault.NONE;
            };
            switch (ofGroup.nextInt(14)) {
                case 0 -> group.lead(ofGroup.nextInt(SERVERS));
                case 1 -> group.loseLeader();
                case 2 -> changeTables(ofGroup.nextBoolean());
                case 3 -> {
                    group.remembers(0);
                    group.remembers(Integer.MAX_VALUE);
                }
                case 4 -> {
                    group.lead(ofGroup.nextInt(SERVERS));
                    cluster.announce();
                }
                default -> {
                    // Nothing happens.
                }
            }
            note(id.low() + ": " + fault);
            return fault;
        }
    }

    private synchronized void note(String what) {
        trace.add(what);
    }

    private synchronized void changeTables(boolean told) {
        version++;
        for (int i = 0; i < SHARDS; i++) {
            group(i).schemaVersion(version);
            group(i).changesLayout();
        }
        note("tables " + version + (told ? "" : ", not told"));
        if (told) {
            topology.publish(cluster.topology(version));
        }
    }

    /** Sends all requests one after the other; returns what is wrong, or null. */
    @Nullable
    String run() {
        for (int i = 0; i < REQUESTS; i++) {
            calm();
            send(choose());
        }
        calm();
        for (int i = 0; i < SERVERS; i++) {
            int server = i;
            Awaitility.await().until(() -> cluster.server(server).later.get() == 0);
        }
        for (int i = 0; i < tries.size(); i++) {
            String wrong = wrong(i);
            if (wrong != null) {
                return "request " + i + ": " + wrong + "\n" + String.join("\n", trace);
            }
        }
        return null;
    }

    /** Between two requests: leaders and tables are known again, and now and then versions and clocks change. */
    private synchronized void calm() {
        for (int i = 0; i < SHARDS; i++) {
            group(i).lead(random.nextInt(SERVERS));
            // Servers are upgraded, and never go back: a log with transactions is none for older ones.
            group(i).older(tries.size() < olderUntil[i]);
            group(i).resolve();
        }
        if (random.nextInt(20) == 0) {
            ahead.set(random.nextBoolean() ? HOUR : 0);
        }
        cluster.announce();
        topology.publish(cluster.topology(version));
    }

    private Request choose() {
        if (!tries.isEmpty() && random.nextInt(5) < 2) {
            Request before = tries.get(random.nextInt(tries.size())).request();
            if (before.id() != null) {
                boolean other = random.nextInt(5) == 0;
                return other ? new Request(before.id(), before.keys(), "other") : before;
            }
        }
        long key = nextKey++;
        List<Long> keys = random.nextInt(3) == 0
                ? List.of(key, KEYS_IN_SHARD + key)
                : List.of(random.nextInt(SHARDS) * KEYS_IN_SHARD + key);
        RequestId id = RequestId.newBuilder()
                .setClient(client)
                .setNumber(key + 1)
                .setIssuedAtMillis(System.currentTimeMillis() + ahead.get())
                .build();
        return new Request(random.nextInt(3) == 0 ? null : id, keys, "first");
    }

    private static WritePlan plan(Topology topology, Request request) {
        WritePlan plan = new WritePlan("StudT");
        for (long key : request.keys()) {
            plan.add(
                    topology.shardAt(key, FakeCluster.studentTable()),
                    RowOperation.newBuilder()
                            .setKind(OperationKind.INSERT)
                            .setRow(RowCodec.encode(
                                    Row.of(new Value.Int64(key), new Value.Text(request.text()), new Value.Int64(key))))
                            .build());
        }
        return plan;
    }

    private void send(Request request) {
        Map<Long, Boolean> before = new HashMap<>();
        request.keys().forEach(key -> before.put(key, isThere(key, request.text())));
        Map<Long, Answer> answers = new HashMap<>();
        note("send " + (request.id() == null ? "" : request.id().getNumber()) + " " + request.keys() + " "
                + request.text());
        long content = variant == Variant.HASH_OVER_COLUMNS ? 0 : request.text().hashCode();
        try {
            Writes.Result result = writes.run(request.id(), () -> content, now -> plan(now, request))
                    .join();
            // A request that failed as a whole tells so once.
            DatabaseException whole = result.gravest();
            boolean together = result.operations() < request.keys().size();
            request.keys().forEach(key -> answers.put(key, new Answer(whole)));
            for (Writes.PartResult part : together ? List.<Writes.PartResult>of() : result.parts()) {
                part.part()
                        .numbers()
                        .forEach(number -> answers.put(request.keys().get(number), new Answer(part.error())));
            }
        } catch (CompletionException e) {
            request.keys().forEach(key -> answers.put(key, new Answer(Writes.error(e))));
        }
        answers.forEach((key, answer) -> {
            DatabaseException error = answer.error();
            note("  " + key + " -> " + (error == null ? "done" : error.code() + " " + error.details()));
        });
        tries.add(new Try(request, before, answers));
    }

    private boolean isThere(long key, String text) {
        Row row = group((int) (key / KEYS_IN_SHARD)).row(Row.of(new Value.Int64(key)));
        return row != null && row.get(1).equals(new Value.Text(text));
    }

    /** What is wrong with a try's answers, by what is there at the end; null when nothing is. */
    private @Nullable String wrong(int number) {
        Try made = tries.get(number);
        for (Map.Entry<Long, Answer> answer : made.answers().entrySet()) {
            long key = answer.getKey();
            boolean there = isThere(key, made.request().text());
            DatabaseException error = answer.getValue().error();
            if (error == null && !there) {
                return "key " + key + " was acknowledged, and is not there";
            }
            if (error == null || error.kind() == ErrorKind.UNKNOWN || !there) {
                continue;
            }
            // What is busy for now may have run under the same id in another try: that it did in this one would be
            // wrong.
            boolean forNow = error.code().httpStatus() == 503;
            boolean elsewhere = Boolean.TRUE.equals(made.before().get(key)) || isRepeatedAfter(number);
            if (!forNow || !elsewhere) {
                return "key " + key + " is there, and was answered " + error.code() + " (" + error.kind() + "): "
                        + error.text();
            }
        }
        return null;
    }

    private boolean isRepeatedAfter(int number) {
        Request request = tries.get(number).request();
        return tries.subList(number + 1, tries.size()).stream()
                .anyMatch(later -> later.request().equals(request));
    }

    @Override
    public void close() {
        watch.close();
        forwarder.close();
        links.close();
        grpc.close();
        threads.close();
    }
}
