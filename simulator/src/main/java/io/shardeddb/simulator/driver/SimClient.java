package io.shardeddb.simulator.driver;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.simulator.driver.rows.SimTable;
import io.shardeddb.simulator.driver.schedule.RuleBroken;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One client: writes and reads one after the other, and repeats a write under its id, anywhere, until it knows its
 * outcome.
 */
final class SimClient implements Client {
    private static final int TIMEOUT_MILLIS = 600;
    /** The row that is written when all is over. */
    private static final long LAST = -1;

    private final World world;
    private final Schedule schedule;
    private final String name;
    private long number;
    private boolean busy;
    private boolean resting;

    SimClient(World world, int number) {
        this.world = world;
        schedule = world.schedule();
        name = "c" + number;
    }

    @Override
    public void begin() {
        think();
    }

    /** Writes to a group, and rests. */
    void writeOnce(World.Group group) {
        resting = true;
        busy = true;
        new Write(group, LAST, ++number, group.truth().floor()).attempt();
    }

    @Override
    public void rest() {
        resting = true;
    }

    @Override
    public boolean isBusy() {
        return busy;
    }

    private void think() {
        busy = false;
        if (!resting) {
            schedule.after(schedule.between(0, world.knobs().thinkNanos()), this::next);
        }
    }

    private void next() {
        if (resting) {
            return;
        }
        busy = true;
        World.Group group = world.anyGroup();
        long key = schedule.random().nextInt(world.knobs().keys());
        if (schedule.oneIn(3)) {
            new Read(group, SimTable.key(key), group.truth().floor()).attempt();
        } else {
            new Write(group, key, ++number, group.truth().floor()).attempt();
        }
    }

    private SimServer server(World.Group group, @Nullable LeaderHint hint) {
        if (hint != null && !hint.getAddress().isEmpty() && !schedule.oneIn(8)) {
            return world.serverAt(hint.getAddress());
        }
        return group.anyServer();
    }

    /** A write on its way. */
    private final class Write {
        private final World.Group group;
        private final long floor;
        private final String id;
        private final LoggedRequest.Builder request;
        private final RequestId requestId;
        private final long issued;
        private long attempts;
        /** Whether an attempt may have run, or may still run. */
        private boolean maybe;

        private @Nullable LeaderHint hint;

        Write(World.Group group, long key, long number, long floor) {
            this.group = group;
            this.floor = floor;
            id = name + "/" + number;
            request = LoggedRequest.newBuilder()
                    .setContentHash(number)
                    .setSchemaVersion(SimTable.version())
                    .addTables(SimTable.NAME)
                    .addOperations(RowOperation.newBuilder()
                            .setKind(schedule.oneIn(4) ? OperationKind.INSERT : OperationKind.UPSERT)
                            .setRow(SimTable.row(key, 0, id)));
            requestId = RequestId.newBuilder().setClient(name).setNumber(number).build();
            issued = 1_700_000_000_000L + schedule.now() / Schedule.MILLI;
        }

        void attempt() {
            // An observer tells the attempts apart by when they were issued.
            long attempt = issued + ++attempts;
            LoggedRequest sent = request.setRequest(requestId.toBuilder().setIssuedAtMillis(attempt))
                    .build();
            CompletableFuture<WriteReply> answer = new CompletableFuture<>();
            boolean[] over = new boolean[1];
            SimServer to = server(group, hint);
            schedule.trace(() -> id + "#" + attempt + " to " + to.name());
            world.network()
                    .call(
                            to,
                            up -> up.clients()
                                    .write(
                                            group.id(),
                                            sent,
                                            IdOrigin.ID_OF_CLIENT,
                                            TIMEOUT_MILLIS,
                                            world.once(id + "#" + attempt, up.process(), answer)),
                            answer,
                            reply -> {
                                if (!over[0]) {
                                    over[0] = true;
                                    told(attempt, reply);
                                }
                            });
            schedule.after((TIMEOUT_MILLIS + 100) * Schedule.MILLI, () -> {
                if (!over[0]) {
                    over[0] = true;
                    maybe = true;
                    hint = null;
                    attempt();
                }
            });
        }

        private void told(long attempt, WriteReply reply) {
            String code = reply.hasError() ? reply.getError().getCode() : "";
            schedule.trace(() -> id + "#" + attempt + " told " + (code.isEmpty() ? "index " + reply.getIndex() : code));
            hint = reply.getLeader();
            if (code.isEmpty() || code.equals(ErrorCode.DUPLICATE_KEY.name())) {
                group.truth().answered(id, reply);
                if (reply.getIndex() <= floor) {
                    schedule.broken(new RuleBroken(
                            "a write comes after what was answered before it began",
                            id + " has index " + reply.getIndex() + ", an answer before was of " + floor));
                }
                think();
                return;
            }
            switch (ErrorCode.valueOf(code)) {
                case OUTCOME_UNKNOWN -> maybe = true;
                case INTERNAL ->
                    schedule.broken(new RuleBroken("nothing fails within", id + " was told " + reply.getError()));
                default -> {
                    group.truth().refused(id, attempt);
                    if (!maybe && !resting && schedule.oneIn(4)) {
                        think();
                        return;
                    }
                }
            }
            schedule.after(schedule.between(Schedule.MILLI, 40 * Schedule.MILLI), this::attempt);
        }
    }

    /** A strong read on its way. */
    private final class Read {
        private final World.Group group;
        private final ByteString key;
        private final long floor;
        private @Nullable LeaderHint hint;

        Read(World.Group group, ByteString key, long floor) {
            this.group = group;
            this.key = key;
            this.floor = floor;
        }

        void attempt() {
            ReadRequest request = ReadRequest.newBuilder()
                    .setGroup(ConfigurationCodec.uid(group.id()))
                    .setLevel(ReadLevel.STRONG)
                    .setTimeoutMillis(TIMEOUT_MILLIS)
                    .setKeys(KeySelection.newBuilder().addKeys(key))
                    .build();
            CompletableFuture<ReadReply> answer = new CompletableFuture<>();
            boolean[] over = new boolean[1];
            world.network()
                    .call(
                            server(group, hint),
                            up -> up.clients().read(request, world.once(name + " reads", up.process(), answer)),
                            answer,
                            reply -> {
                                if (!over[0]) {
                                    over[0] = true;
                                    told(reply);
                                }
                            });
            schedule.after((TIMEOUT_MILLIS + 100) * Schedule.MILLI, () -> {
                if (!over[0]) {
                    over[0] = true;
                    hint = null;
                    attempt();
                }
            });
        }

        private void told(ReadReply reply) {
            hint = reply.getLeader();
            if (!reply.hasError()) {
                schedule.trace(() -> name + " reads at " + reply.getIndex());
                group.truth().read(name, key, reply.getIndex(), reply.getRowsList(), floor);
                think();
                return;
            }
            if (reply.getError().getCode().equals(ErrorCode.INTERNAL.name())) {
                schedule.broken(new RuleBroken("nothing fails within", name + " was told " + reply.getError()));
            }
            schedule.after(schedule.between(Schedule.MILLI, 40 * Schedule.MILLI), this::attempt);
        }
    }
}
