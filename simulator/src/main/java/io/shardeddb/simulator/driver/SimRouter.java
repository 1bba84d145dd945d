package io.shardeddb.simulator.driver;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.forward.RetryRule;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.transaction.AtomicWrite;
import io.shardeddb.router.transaction.ShardSteps;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A router's process that carries out one write over several groups. It may die at any moment. */
final class SimRouter implements ShardSteps {
    static final long DEADLINE_NANOS = 2 * Schedule.SECOND;

    private final World world;
    private final Schedule schedule;
    private final String name;
    private final RequestId request;
    private final Requests requests;
    private final long deadline;
    /** What groups said of their time. */
    private final Map<String, Long> ahead = new HashMap<>();

    private final Map<String, RequestId> ids = new HashMap<>();
    private long number;
    private boolean alive = true;
    /** Whether what an earlier plan has sent may have run. */
    private boolean sentBefore;

    /** What all requests of one write have. */
    interface Requests {
        WriteRequest.Builder to(WritePlan.Part part);
    }

    /**
     * A router that has done nothing yet.
     *
     * @param name no other has it
     * @param request the client's id
     */
    SimRouter(World world, String name, RequestId request, Requests requests) {
        this.world = world;
        this.name = name;
        this.request = request;
        this.requests = requests;
        schedule = world.schedule();
        deadline = schedule.now() + DEADLINE_NANOS;
    }

    /**
     * Carries a write out, and plans it again where shards have changed meanwhile, as a router's {@code Writes} does.
     *
     * @param plans makes the plan by what is known of the shards
     * @param given whether the client may repeat the request
     */
    void run(Supplier<WritePlan> plans, boolean given, Consumer<AtomicWrite.Outcome> told) {
        boolean before = sentBefore && world.wrong() != Wrong.PLANNED_AGAIN_AS_NEW;
        var _ = new AtomicWrite(this, plans.get(), request.getIssuedAtMillis(), given, before, this::hasTime)
                .start()
                .thenAccept(outcome -> {
                    if (!alive) {
                        return;
                    }
                    if (outcome instanceof AtomicWrite.Outcome.Failed(WritePlan.Part _, DatabaseException error)
                            && plansAgain(error)) {
                        sentBefore |= error.kind() == ErrorKind.UNKNOWN;
                        later(() -> run(plans, given, told), 20);
                    } else {
                        told.accept(outcome);
                    }
                });
    }

    private boolean hasTime() {
        return alive && schedule.now() < deadline;
    }

    private boolean plansAgain(DatabaseException error) {
        String cause = error.details().get(FailureChoice.CAUSE);
        ErrorCode code = cause == null ? error.code() : ErrorCode.ofName(cause);
        return hasTime() && RetryRule.after(code) == RetryRule.Next.PLAN_ANEW;
    }

    /** Sends a write that is of one group alone. */
    CompletableFuture<WriteReply> alone(WritePlan.Part part) {
        return send(part, requests.to(part).setRequest(request).setIdOrigin(IdOrigin.ID_OF_CLIENT));
    }

    /** Nothing that it has begun goes on. */
    void kill() {
        alive = false;
        schedule.trace(() -> name + " killed");
    }

    private static String group(WritePlan.Part part) {
        return part.shard().name();
    }

    private RequestId issued(String group, long number) {
        long millis = schedule.wallMillis() + ahead.getOrDefault(group, 0L);
        return RequestId.newBuilder()
                .setClient(name)
                .setNumber(number)
                .setIssuedAtMillis(millis)
                .build();
    }

    /** Each group judges an id by its own time, the same in all steps of an attempt. */
    private RequestId at(WritePlan.Part part, RequestId attempt) {
        return ids.computeIfAbsent(
                attempt.getNumber() + " " + group(part), key -> issued(group(part), attempt.getNumber()));
    }

    @Override
    public RequestId newAttempt(WritePlan.Part decider) {
        number += world.wrong() == Wrong.ATTEMPTS_SHARE_AN_ID && number > 0 ? 0 : 1;
        RequestId attempt = issued(group(decider), number);
        ids.put(number + " " + group(decider), attempt);
        return attempt;
    }

    @Override
    public CompletableFuture<WriteReply> prepare(WritePlan.Part part, RequestId attempt, TransactionStep step) {
        return send(
                part,
                requests.to(part)
                        .setTransaction(step)
                        .setRequest(at(part, attempt))
                        .setIdOrigin(IdOrigin.ID_OF_SENDER));
    }

    @Override
    public CompletableFuture<WriteReply> decide(WritePlan.Part part, DecideStep step) {
        DecideStep sent = world.wrong() == Wrong.DECIDED_BELOW_PREPARES
                ? step.toBuilder().clearPreparedTimestamp().build()
                : step;
        CompletableFuture<WriteReply> answer = send(
                part,
                requests.to(part)
                        .setTransaction(TransactionStep.newBuilder().setDecide(sent))
                        .setRequest(request)
                        .setIdOrigin(IdOrigin.ID_OF_CLIENT));
        return world.wrong() == Wrong.RELEASED_AFTER_DECISION_WAS_SENT
                ? answer.exceptionallyCompose(SimRouter::thoughtUndone)
                : answer;
    }

    private static CompletableFuture<WriteReply> thoughtUndone(Throwable failure) {
        boolean unknown = failure instanceof DatabaseException error && error.kind() == ErrorKind.UNKNOWN;
        return CompletableFuture.failedFuture(
                unknown ? new DatabaseException(ErrorCode.NO_LEADER, "nobody answered") : failure);
    }

    @Override
    public CompletableFuture<WriteReply> end(WritePlan.Part part, RequestId attempt, TransactionStep step) {
        if (world.wrong() == Wrong.FORGOTTEN_BEFORE_COMMIT && step.hasCommit()) {
            return CompletableFuture.completedFuture(WriteReply.getDefaultInstance());
        }
        return send(
                part,
                WriteRequest.newBuilder()
                        .setGroup(part.shard().group().toWire())
                        .setTransaction(step)
                        .setRequest(at(part, attempt)));
    }

    @Override
    public void later(Runnable work, int longestMillis) {
        schedule.after(schedule.between(Schedule.MILLI, longestMillis * Schedule.MILLI), () -> {
            if (alive) {
                work.run();
            }
        });
    }

    private CompletableFuture<WriteReply> send(WritePlan.Part part, WriteRequest.Builder request) {
        Sending sending = new Sending(
                part, request.setTimeoutMillis(Network.TIMEOUT_MILLIS).build());
        sending.mayHaveRun = sentBefore && request.getTransaction().hasDecide();
        sending.attempt();
        return sending.result;
    }

    /** One request to one group, sent until it is answered for good, as a router's {@code Attempts} do. */
    private final class Sending {
        private final World.Group group;
        private final WriteRequest sent;
        private final CompletableFuture<WriteReply> result = new CompletableFuture<>();
        private @Nullable LeaderHint hint;
        private boolean mayHaveRun;
        private int tries;

        Sending(WritePlan.Part part, WriteRequest sent) {
            this.group = world.group(group(part));
            this.sent = sent;
        }

        private void attempt() {
            if (!alive) {
                return;
            }
            if (schedule.now() > deadline) {
                fail(new DatabaseException(ErrorCode.NO_LEADER, "no time is left"));
                return;
            }
            tries++;
            SimServer to = group.server(hint);
            String what = name + " " + sent.getTransaction().getStepCase() + " "
                    + sent.getRequest().getNumber() + " to " + to.name();
            schedule.trace(() -> what);
            world.network().<WriteReply>ask(to, what, (up, reply) -> up.data().write(sent, reply), this::told, () -> {
                mayHaveRun = true;
                hint = null;
                attempt();
            });
        }

        private void told(WriteReply reply) {
            if (!alive) {
                return;
            }
            hint = reply.getLeader();
            if (!reply.hasError()) {
                result.complete(reply);
                return;
            }
            DatabaseException error = DatabaseException.ofWire(reply.getError());
            schedule.trace(() -> name + " " + sent.getTransaction().getStepCase() + " told " + error.code());
            learn(error);
            boolean second = mayHaveRun && world.wrong() != Wrong.LOCKED_DECISION_TAKEN_FOR_THE_FIRST;
            if ((reply.getIndex() > 0 && RetryRule.isRemembered(error.code()))
                    || RetryRule.endsAttempt(sent.getTransaction(), error.code(), second)) {
                result.completeExceptionally(error);
                return;
            }
            mayHaveRun |= RetryRule.mayHaveRun(error.code());
            switch (RetryRule.after(error.code())) {
                case STOP, PLAN_ANEW -> fail(error);
                case LATER, ELSEWHERE ->
                    schedule.after(
                            schedule.between(
                                    Schedule.MILLI, RetryRule.backOffMillis(Math.min(tries, 3)) * Schedule.MILLI),
                            this::attempt);
            }
        }

        private void learn(DatabaseException error) {
            String millis =
                    error.code() == ErrorCode.REQUEST_TIME ? error.details().get("millis") : null;
            if (millis != null) {
                ahead.put(group.id().toString(), Long.parseLong(millis) - schedule.wallMillis());
            }
        }

        private void fail(DatabaseException error) {
            result.completeExceptionally(
                    mayHaveRun
                            ? new DatabaseException(ErrorCode.OUTCOME_UNKNOWN, error.text())
                                    .with(FailureChoice.CAUSE, error.code().name())
                            : error);
        }
    }
}
