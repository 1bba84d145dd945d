package io.shardeddb.simulator.driver;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CutCheck;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.cut.Cut;
import io.shardeddb.router.cut.CutSteps;
import io.shardeddb.router.cut.CutView;
import io.shardeddb.server.group.runtime.GroupClients;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.simulator.driver.rows.SimTable;
import io.shardeddb.simulator.driver.rows.State;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client's read of several groups at one common moment, on its way. */
final class CutRead implements CutSteps<ReadReply> {
    private final Client client;
    private final String name;
    private final List<World.Group> groups;
    private final ByteString key;
    private final List<Long> floors;
    private final long begun;
    private final Set<Integer> checked = new HashSet<>();

    CutRead(Client client, long number, List<World.Group> groups, ByteString key) {
        this.client = client;
        this.groups = groups;
        this.key = key;
        name = client.name() + "c" + number;
        floors = groups.stream().map(group -> group.truth().floor()).toList();
        begun = schedule().now();
    }

    private World world() {
        return client.world();
    }

    private Schedule schedule() {
        return client.schedule();
    }

    void begin() {
        schedule().trace(() -> name + " begins");
        var _ = new Cut<>(this, groups.size()).start().handle((replies, failure) -> {
            if (failure == null) {
                told(replies);
            } else {
                schedule().trace(() -> name + " ends: " + failure);
            }
            client.think();
            return null;
        });
    }

    private void told(List<ReadReply> replies) {
        Map<String, State> cut = new LinkedHashMap<>();
        for (int i = 0; i < groups.size(); i++) {
            World.Group group = groups.get(i);
            ReadReply reply = replies.get(i);
            group.truth().read(name, key, reply.getIndex(), reply.getRowsList(), floors.get(i));
            cut.put(group.id().toString(), group.truth().state(reply.getIndex()));
        }
        schedule()
                .trace(() -> name + " reads at "
                        + cut.values().stream().map(State::index).toList());
        if (groups.size() == world().groupCount()) {
            world().together().cuts().sums(name, cut);
        }
        world().together().cuts().read(name, cut, begun);
    }

    @Override
    public CompletableFuture<CutView<ReadReply>> open(int part, @Nullable CutPart how) {
        checked.remove(part);
        ReadRequest.Builder read = ReadRequest.newBuilder()
                .setGroup(ConfigurationCodec.uid(groups.get(part).id()))
                .setTable(SimTable.NAME)
                .setLevel(ReadLevel.STRONG)
                .setTimeoutMillis(Network.TIMEOUT_MILLIS)
                .setKeys(KeySelection.newBuilder().addKeys(key));
        ReadRequest request = how == null ? read.build() : read.setCut(how).build();
        return new Question<ReadReply>(
                        groups.get(part),
                        name + " reads part " + part,
                        (up, reply) -> up.clients().read(request, reply),
                        ReadReply::getError,
                        ReadReply::getLeader)
                .begin()
                .thenApply(reply -> new CutView<>(reply, reply.getIndex()));
    }

    @Override
    public void drop(ReadReply view) {
        // Nothing is kept for it.
    }

    @Override
    public CompletableFuture<CutReply> check(int part, long index, long gate) {
        boolean again = !checked.add(part);
        if (world().wrong() == Wrong.CUT_NOT_CHECKED || (again && world().wrong() == Wrong.LOCKS_LOOKED_AT_ONCE)) {
            return CompletableFuture.completedFuture(CutReply.getDefaultInstance());
        }
        return ask(
                groups.get(part),
                CutCheck.newBuilder().setTable(SimTable.NAME).setIndex(index).setGate(gate));
    }

    @Override
    public CompletableFuture<CutReply> decided(Participant decider, List<RequestId> attempts) {
        if (world().wrong() == Wrong.DECIDERS_NOT_ASKED) {
            return CompletableFuture.completedFuture(CutReply.getDefaultInstance());
        }
        String group = ConfigurationCodec.groupId(decider.getGroup()).toString();
        return ask(world().group(group), CutCheck.newBuilder().addAllAttempts(attempts));
    }

    private CompletableFuture<CutReply> ask(World.Group group, CutCheck.Builder question) {
        CutCheck check = question.setGroup(ConfigurationCodec.uid(group.id())).build();
        return new Question<CutReply>(
                        group,
                        name + " checks",
                        (up, reply) -> {
                            GroupClients.Together alone = up.clients().together();
                            alone.check(check, Network.TIMEOUT_MILLIS, reply);
                            alone.begin();
                        },
                        CutReply::getError,
                        CutReply::getLeader)
                .begin();
    }

    @Override
    public boolean isFinal(Throwable failure) {
        return false;
    }

    @Override
    public Throwable failure(Map<Integer, Throwable> failures) {
        return failures.values().iterator().next();
    }

    @Override
    public Throwable timedOut() {
        return new DatabaseException(ErrorCode.READ_TIMED_OUT, "no common moment");
    }

    @Override
    public boolean hasTime() {
        return schedule().now() - begun < SimRouter.DEADLINE_NANOS;
    }

    @Override
    public void later(Runnable work, int longestMillis) {
        schedule().after(schedule().between(Schedule.MILLI, longestMillis * Schedule.MILLI), work);
    }

    @Override
    public long newGate() {
        return schedule().between(1, Long.MAX_VALUE);
    }

    /** One question, asked until a leader answers it. */
    private final class Question<T> {
        private final World.Group group;
        private final String what;
        private final BiConsumer<SimServer.Running, Consumer<T>> asked;
        private final Function<T, ErrorDetail> error;
        private final Function<T, LeaderHint> leader;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private @Nullable LeaderHint hint;

        Question(
                World.Group group,
                String what,
                BiConsumer<SimServer.Running, Consumer<T>> asked,
                Function<T, ErrorDetail> error,
                Function<T, LeaderHint> leader) {
            this.group = group;
            this.what = what;
            this.asked = asked;
            this.error = error;
            this.leader = leader;
        }

        CompletableFuture<T> begin() {
            attempt();
            return answer;
        }

        private void attempt() {
            if (hasTime()) {
                world().network().<T>ask(group.server(hint), what, asked, this::told, () -> {
                    hint = null;
                    attempt();
                });
            } else {
                answer.completeExceptionally(timedOut());
            }
        }

        private void told(T reply) {
            ErrorDetail detail = error.apply(reply);
            hint = leader.apply(reply);
            if (detail.getCode().isEmpty()) {
                answer.complete(reply);
                return;
            }
            client.refuseFault(detail, name);
            client.again(this::attempt);
        }
    }
}
