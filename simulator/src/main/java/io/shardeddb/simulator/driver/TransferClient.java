package io.shardeddb.simulator.driver;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Expression;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.Replica;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.transaction.AtomicWrite;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.simulator.driver.rows.SimTable;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client that moves amounts from row to row, in one group or over several, and reads rows. It repeats a request
 * under its id, by way of other routers, until it knows what happened.
 */
final class TransferClient extends Client {
    private static final int GREATEST = 1_000;
    /** A router that answers nothing for so long is given up. */
    private static final long PATIENCE_NANOS = SimRouter.DEADLINE_NANOS + 100 * Schedule.MILLI;

    private long number;
    private int routers;

    TransferClient(World world, int number) {
        super(world, "t" + number);
    }

    @Override
    void next() {
        switch (schedule().random().nextInt(4)) {
            case 0 -> read(world().anyGroup(), SimTable.key(anyKey()));
            case 1 -> transfer(List.of(world().anyGroup()));
            default -> transfer(world().someGroups());
        }
    }

    /** A strong read misses no transaction that was answered before it began. */
    private void read(World.Group group, ByteString key) {
        String id = group.id().toString();
        int answered = world().together().answered(id, key);
        read(group, key, index -> world().together().read(id, key, index, answered));
    }

    private long anyKey() {
        return schedule().random().nextInt(world().knobs().keys() + 1);
    }

    private void transfer(List<World.Group> groups) {
        String id = name() + "/" + ++number;
        WritePlan plan = new WritePlan(SimTable.NAME);
        long left = 0;
        for (int i = 0; i < groups.size(); i++) {
            boolean last = i == groups.size() - 1;
            long amount = schedule().between(-GREATEST, GREATEST);
            // What is taken from one is in another.
            plan.add(shard(groups.get(i)), add(id, last && i > 0 ? -left : amount));
            left += amount;
            if (i == 0 && (last || schedule().oneIn(4))) {
                plan.add(shard(groups.get(i)), add(id, -amount));
                left -= amount;
            }
        }
        new Transfer(id, plan).attempt();
    }

    /** Adds to a row; one in ten must not find any, so that it is refused. */
    private RowOperation add(String id, long amount) {
        long key = anyKey();
        RowOperation.Builder operation = RowOperation.newBuilder()
                .setKind(OperationKind.UPSERT)
                .setKey(SimTable.key(key))
                .setRow(SimTable.row(key, amount, id));
        return schedule().oneIn(10)
                ? operation.setKind(OperationKind.INSERT).build()
                : operation
                        .addComputations(ChangeCodec.toWire(new ComputedColumn(
                                SimTable.AMOUNT, new Expression.Add(new Value.Int64(amount), null, null))))
                        .build();
    }

    private ShardEntry shard(World.Group group) {
        List<Replica> replicas = new ArrayList<>();
        world().servers().forEach(server -> replicas.add(new Replica(server.name(), server.endpoint())));
        GroupId id = GroupId.ofWire(ConfigurationCodec.uid(group.id()));
        return new ShardEntry(group.id().toString(), id, Interval.ALL, 1, replicas);
    }

    /** A transfer on its way. */
    private final class Transfer {
        private final String id;
        private final WritePlan plan;
        private final RequestId request;
        /** Whether an attempt may have succeeded, or may still. */
        private boolean maybe;

        Transfer(String id, WritePlan plan) {
            this.id = id;
            this.plan = plan;
            request = RequestId.newBuilder()
                    .setClient(name())
                    .setNumber(number)
                    .setIssuedAtMillis(schedule().wallMillis())
                    .build();
        }

        private WriteRequest.Builder to(WritePlan.Part part) {
            WriteRequest.Builder sent = WriteRequest.newBuilder()
                    .setGroup(part.shard().group().toWire())
                    .setContentHash(request.getNumber())
                    .setSchemaVersion(SimTable.version())
                    .setSchemaHash(SimTable.hash())
                    .setEpoch(part.shard().epoch())
                    .addTables(SimTable.NAME);
            return plan.parts().size() > 1
                    ? sent.addAllTransactionOperations(part.operations())
                    : sent.addAllConditionalOperations(part.operations());
        }

        void attempt() {
            SimRouter router = new SimRouter(world(), name() + "r" + ++routers, request, this::to);
            boolean[] over = new boolean[1];
            schedule().trace(() -> id + " begins over " + plan.parts().size() + " groups");
            if (plan.parts().size() > 1) {
                router.run(plan, outcome -> {
                    if (!over[0]) {
                        over[0] = true;
                        told(outcome);
                    }
                });
            } else {
                var _ = router.alone(plan.parts().getFirst()).handle((reply, failure) -> {
                    if (!over[0]) {
                        over[0] = true;
                        toldAlone(reply, failure);
                    }
                    return null;
                });
            }
            boolean dies = world().faultsGoOn() && schedule().oneIn(6);
            if (dies) {
                schedule().after(schedule().between(0, 40 * Schedule.MILLI), router::kill);
            }
            // Whose router dies sees its connection break, now or later.
            schedule().after(dies ? schedule().between(50 * Schedule.MILLI, PATIENCE_NANOS) : PATIENCE_NANOS, () -> {
                if (!over[0]) {
                    over[0] = true;
                    maybe = true;
                    schedule().trace(() -> id + " repeats");
                    attempt();
                }
            });
        }

        private void told(AtomicWrite.Outcome outcome) {
            switch (outcome) {
                case AtomicWrite.Outcome.Done(List<WriteReply> replies) -> {
                    schedule().trace(() -> id + " done");
                    String decider =
                            world().together().done(id, replies.getFirst().getIndex());
                    if (decider != null) {
                        world().truth(decider).acknowledged(world().together().decidedAt(id));
                    }
                    think();
                }
                case AtomicWrite.Outcome.Failed(WritePlan.Part _, DatabaseException error) -> failed(error, true);
            }
        }

        private void toldAlone(@Nullable WriteReply reply, @Nullable Throwable failure) {
            if (reply != null) {
                world().truth(plan.parts().getFirst().shard().name()).answered(id, reply);
                think();
            } else if (failure instanceof DatabaseException error) {
                failed(error, false);
            }
        }

        private void failed(DatabaseException error, boolean several) {
            schedule().trace(() -> id + " told " + error.code());
            refuseFault(error.toWire(), id);
            boolean unknown = error.kind() == ErrorKind.UNKNOWN;
            maybe |= unknown;
            // A refusal is written down: no other attempt can succeed afterwards.
            boolean refused = error.code() == ErrorCode.DUPLICATE_KEY;
            if (refused || (!maybe && schedule().oneIn(4))) {
                if (several) {
                    world().together().undone(id);
                }
                think();
            } else {
                again(this::attempt);
            }
        }
    }
}
