package io.shardeddb.simulator.driver;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.simulator.driver.rows.SimTable;
import io.shardeddb.simulator.driver.schedule.RuleBroken;
import org.jspecify.annotations.Nullable;

/**
 * One client: writes and reads one after the other, and repeats a write under its id, anywhere, until it knows its
 * outcome.
 */
final class SimClient extends Client {
    /** The row that is written when all is over. */
    private static final long LAST = -1;

    private long number;

    SimClient(World world, int number) {
        super(world, "c" + number);
    }

    /** Writes to a group, and rests. */
    void writeOnce(World.Group group) {
        last(() -> new Write(group, LAST).attempt());
    }

    @Override
    void next() {
        World.Group group = world().anyGroup();
        long key = schedule().random().nextInt(world().knobs().keys());
        if (schedule().oneIn(3)) {
            read(group, SimTable.key(key), index -> think());
        } else {
            new Write(group, key).attempt();
        }
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

        Write(World.Group group, long key) {
            this.group = group;
            floor = group.truth().floor();
            id = name() + "/" + ++number;
            request = LoggedRequest.newBuilder()
                    .setContentHash(number)
                    .setSchemaVersion(SimTable.version())
                    .addTables(SimTable.NAME)
                    .addOperations(RowOperation.newBuilder()
                            .setKind(schedule().oneIn(4) ? OperationKind.INSERT : OperationKind.UPSERT)
                            .setRow(SimTable.row(key, 0, id)));
            requestId =
                    RequestId.newBuilder().setClient(name()).setNumber(number).build();
            issued = schedule().wallMillis();
        }

        void attempt() {
            // An observer tells the attempts apart by when they were issued.
            long attempt = issued + ++attempts;
            LoggedRequest sent = request.setRequest(requestId.toBuilder().setIssuedAtMillis(attempt))
                    .build();
            SimServer to = group.server(hint);
            String what = id + "#" + attempt;
            schedule().trace(() -> what + " to " + to.name());
            world().network()
                    .<WriteReply>ask(
                            to,
                            what,
                            (up, reply) -> up.clients()
                                    .write(group.id(), sent, IdOrigin.ID_OF_CLIENT, Network.TIMEOUT_MILLIS, reply),
                            reply -> told(attempt, reply),
                            () -> {
                                maybe = true;
                                hint = null;
                                attempt();
                            });
        }

        private void told(long attempt, WriteReply reply) {
            String code = reply.hasError() ? reply.getError().getCode() : "";
            schedule()
                    .trace(() -> id + "#" + attempt + " told " + (code.isEmpty() ? "index " + reply.getIndex() : code));
            hint = reply.getLeader();
            if (code.isEmpty() || code.equals(ErrorCode.DUPLICATE_KEY.name())) {
                group.truth().answered(id, reply);
                if (reply.getIndex() <= floor) {
                    schedule()
                            .broken(new RuleBroken(
                                    "a write comes after what was answered before it began",
                                    id + " has index " + reply.getIndex() + ", an answer before was of " + floor));
                }
                think();
                return;
            }
            switch (ErrorCode.valueOf(code)) {
                case OUTCOME_UNKNOWN -> maybe = true;
                case INTERNAL -> refuseFault(reply.getError(), id);
                default -> {
                    group.truth().refused(id, attempt);
                    if (!maybe && !isResting() && schedule().oneIn(4)) {
                        think();
                        return;
                    }
                }
            }
            again(this::attempt);
        }
    }
}
