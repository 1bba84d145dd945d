package io.shardeddb.simulator.driver;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Expression;
import io.shardeddb.protocol.change.RangeChecksum;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RangeCheck;
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
        switch (schedule().random().nextInt(8)) {
            case 0, 1 -> new CutRead(this, ++number, world().someGroups(), SimTable.key(anyKey())).begin();
            case 2 -> read(world().anyGroup(), SimTable.key(anyKey()));
            case 3 -> transfer(List.of(world().anyGroup()), List.of());
            case 4, 5 -> look(world().someGroups(), new ArrayList<>());
            default -> transfer(world().someGroups(), List.of());
        }
    }

    /** A strong read misses no transaction that was answered before it began. */
    private void read(World.Group group, ByteString key) {
        String id = group.id().toString();
        int answered = world().together().answered(id, key);
        read(group, key, index -> {
            world().together().read(id, key, index, answered);
            think();
        });
    }

    /**
     * What a group showed of some keys.
     *
     * @param first key
     * @param last key
     * @param index of the group that was shown
     */
    private record Seen(World.Group group, long first, long last, long index) {

        /** That they are as they were. */
        RowOperation check() {
            return RowOperation.newBuilder()
                    .setKind(OperationKind.CHECK_RANGE)
                    .setCheck(at(index))
                    .build();
        }

        private RangeCheck at(long when) {
            RangeChecksum checksum = new RangeChecksum();
            for (long key = first; key <= last; key++) {
                StoredRow row = group.truth().state(when).rows().get(SimTable.key(key));
                if (row != null) {
                    checksum.add(SimTable.key(key), row.version());
                }
            }
            return RangeCheck.newBuilder()
                    .setFrom(SimTable.key(first))
                    .setTo(SimTable.key(last))
                    .setRows(checksum.rows())
                    .setChecksum(checksum.sum())
                    .build();
        }

        /** Whether they are so now, as an observer knows it: a moment later they may be different. */
        boolean isStill() {
            return at(index).equals(at(group.truth().last()));
        }
    }

    /** Looks at keys of all groups, one after the other, and then transfers if they are still so. */
    private void look(List<World.Group> groups, List<Seen> seen) {
        if (seen.size() == groups.size()) {
            transfer(schedule().oneIn(2) ? groups : groups.subList(0, 1), seen);
            return;
        }
        World.Group group = groups.get(seen.size());
        long first = anyKey();
        long last = first + schedule().random().nextInt(3);
        read(group, SimTable.key(first), index -> {
            seen.add(new Seen(group, first, last, index));
            look(groups, seen);
        });
    }

    private long anyKey() {
        return schedule().random().nextInt(world().knobs().keys() + 1);
    }

    /** One operation of a transfer. */
    private record Planned(World.Group group, RowOperation operation) {}

    /** @param seen on which it depends */
    private void transfer(List<World.Group> groups, List<Seen> seen) {
        String id = name() + "/" + ++number;
        List<Planned> operations = new ArrayList<>();
        long left = 0;
        for (int i = 0; i < groups.size(); i++) {
            boolean last = i == groups.size() - 1;
            long amount = schedule().between(-GREATEST, GREATEST);
            // What is taken from one is in another.
            operations.add(new Planned(groups.get(i), add(id, last && i > 0 ? -left : amount)));
            left += amount;
            if (i == 0 && (last || schedule().oneIn(4))) {
                operations.add(new Planned(groups.get(i), add(id, -amount)));
                left -= amount;
            }
        }
        world().together().cuts().asked(id);
        for (Seen each : seen) {
            for (long key = each.first(); key <= each.last(); key++) {
                world().together().looked(id, each.group().id().toString(), SimTable.key(key), each.index());
            }
        }
        boolean several = groups.size() > 1 || seen.size() > 1;
        new Transfer(id, operations, seen, several, several && schedule().oneIn(4)).attempt();
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
        return new ShardEntry(group.id().toString(), id, Interval.ALL, world().epoch(group), replicas);
    }

    /** A transfer on its way. */
    private final class Transfer {
        private final String id;
        private final List<Planned> operations;
        private final List<Seen> seen;
        private final boolean several;
        /** Whether the router makes the id: then nobody can repeat the request when that dies. */
        private final boolean idOfRouter;

        private final RequestId request;
        /** Whether an attempt may have succeeded, or may still. */
        private boolean maybe;

        Transfer(String id, List<Planned> operations, List<Seen> seen, boolean several, boolean idOfRouter) {
            this.id = id;
            this.operations = operations;
            this.seen = seen;
            this.several = several;
            this.idOfRouter = idOfRouter;
            request = RequestId.newBuilder()
                    .setClient(name())
                    .setNumber(number)
                    .setIssuedAtMillis(schedule().wallMillis())
                    .build();
        }

        /** By what is known of the shards now. */
        private WritePlan plan() {
            WritePlan plan = new WritePlan(SimTable.NAME);
            operations.forEach(each -> plan.add(shard(each.group()), each.operation()));
            if (!isBlind()) {
                seen.forEach(each -> plan.add(shard(each.group()), each.check()));
            }
            return plan;
        }

        private boolean isBlind() {
            return world().wrong() == Wrong.READS_NOT_VALIDATED || world().wrong() == Wrong.READS_VALIDATED_TOO_EARLY;
        }

        private WriteRequest.Builder to(WritePlan.Part part) {
            WriteRequest.Builder sent = WriteRequest.newBuilder()
                    .setGroup(part.shard().group().toWire())
                    .setContentHash(request.getNumber())
                    .setSchemaVersion(SimTable.version())
                    .setSchemaHash(SimTable.hash())
                    .setEpoch(part.shard().epoch())
                    .addTables(SimTable.NAME);
            return several
                    ? sent.addAllTransactionOperations(part.operations())
                    : sent.addAllConditionalOperations(part.operations());
        }

        void attempt() {
            if (world().wrong() == Wrong.READS_VALIDATED_TOO_EARLY
                    && !maybe
                    && !seen.stream().allMatch(Seen::isStill)) {
                think();
                return;
            }
            SimRouter router = new SimRouter(world(), name() + "r" + ++routers, request, this::to);
            boolean[] over = new boolean[1];
            schedule().trace(() -> id + " begins over " + (several ? "several groups" : "a group"));
            if (several) {
                router.run(this::plan, !idOfRouter, outcome -> {
                    if (!over[0]) {
                        over[0] = true;
                        told(outcome);
                    }
                });
            } else {
                var _ = router.alone(plan().parts().getFirst()).handle((reply, failure) -> {
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
                    schedule().trace(() -> id + (idOfRouter ? " ends" : " repeats"));
                    repeat(this::attempt);
                }
            });
        }

        private void repeat(Runnable next) {
            if (idOfRouter) {
                think();
            } else {
                next.run();
            }
        }

        private void told(AtomicWrite.Outcome outcome) {
            switch (outcome) {
                case AtomicWrite.Outcome.Done(List<WriteReply> replies) -> {
                    schedule().trace(() -> id + " done");
                    world().together().cuts().answered(id);
                    String decider =
                            world().together().done(id, replies.getFirst().getIndex());
                    if (decider != null) {
                        world().truth(decider).acknowledged(world().together().decidedAt(id));
                    }
                    think();
                }
                case AtomicWrite.Outcome.Failed(WritePlan.Part _, DatabaseException error) -> failed(error);
            }
        }

        private void toldAlone(@Nullable WriteReply reply, @Nullable Throwable failure) {
            if (reply != null) {
                world().truth(operations.getFirst().group().id().toString()).answered(id, reply);
                world().together().cuts().answered(id);
                think();
            } else if (failure instanceof DatabaseException error) {
                failed(error);
            }
        }

        private void failed(DatabaseException error) {
            schedule().trace(() -> id + " told " + error.code());
            refuseFault(error.toWire(), id);
            boolean unknown = error.kind() == ErrorKind.UNKNOWN;
            maybe |= unknown;
            // A refusal is written down: no other attempt can succeed afterwards.
            boolean refused = error.code() == ErrorCode.DUPLICATE_KEY || error.code() == ErrorCode.CONDITION_FAILED;
            if (refused || (!maybe && (idOfRouter || schedule().oneIn(4)))) {
                if (several) {
                    world().together().undone(id);
                }
                think();
            } else {
                repeat(() -> again(this::attempt));
            }
        }
    }
}
