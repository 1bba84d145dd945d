package io.shardeddb.router.transaction;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.wire.CommitStep;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.ForgetStep;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PrepareStep;
import io.shardeddb.protocol.wire.ReleaseStep;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One write over several shards: as a whole, or not at all. All shards but the decider prepare it. Then the decider
 * decides it and changes its own rows in one entry, and the client is answered. The others' commits follow.
 *
 * <p>The decider is the shard of the request's first operation. So every attempt, by whatever router, asks the same
 * rows' owner, which knows the request's id.
 */
public final class AtomicWrite {

    private static final int FIRST_PAUSE_MILLIS = 5;
    private static final int LONGEST_PAUSE_MILLIS = 200;

    private final ShardSteps steps;
    private final WritePlan plan;
    private final WritePlan.Part decider;
    private final List<WritePlan.Part> participants;
    private final long firstAskedMillis;
    private final boolean remembered;
    private final boolean mayHaveRun;
    private final BooleanSupplier timeLeft;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private int attempts;

    /** What happened to the request. */
    public sealed interface Outcome {

        /** It is done. Each part's answer in the plan's order, as if the part had been a write of its own. */
        record Done(List<WriteReply> replies) implements Outcome {}

        /** It is not done, or that is not known, by the kind of the error. */
        record Failed(WritePlan.Part part, DatabaseException error) implements Outcome {}
    }

    /**
     * Prepares the first attempt.
     *
     * @param plan of at least two parts
     * @param firstAskedMillis when the client first asked, milliseconds since the epoch: older requests go first
     * @param given whether the id is the client's own, so that a repeat may come
     * @param mayHaveRun whether the request was sent in an earlier plan, and may have run though no answer says so
     * @param timeLeft whether another attempt may begin
     */
    public AtomicWrite(
            ShardSteps steps,
            WritePlan plan,
            long firstAskedMillis,
            boolean given,
            boolean mayHaveRun,
            BooleanSupplier timeLeft) {
        this.steps = steps;
        this.plan = plan;
        this.firstAskedMillis = firstAskedMillis;
        // The decider must say which came first: the request, or its refusal.
        this.remembered = given || mayHaveRun;
        this.mayHaveRun = mayHaveRun;
        this.timeLeft = timeLeft;
        // Parts stand in the order in which their shards first occur.
        decider = plan.parts().getFirst();
        participants = plan.parts().subList(1, plan.parts().size());
    }

    /** Begins. The future never fails. */
    public CompletableFuture<Outcome> start() {
        attempt();
        return outcome;
    }

    private void attempt() {
        attempts++;
        RequestId attempt = steps.newAttempt(decider);
        TransactionStep prepare = TransactionStep.newBuilder()
                .setPrepare(PrepareStep.newBuilder()
                        .setDecider(participant(decider))
                        .setFirstAskedMillis(firstAskedMillis)
                        .setDeciderIssuedAtMillis(attempt.getIssuedAtMillis()))
                .build();
        List<CompletableFuture<PrepareOutcome.Prepared>> prepares = new ArrayList<>(participants.size());
        for (WritePlan.Part part : participants) {
            prepares.add(steps.prepare(part, attempt, prepare)
                    .handle((reply, failure) ->
                            new PrepareOutcome.Prepared(part, reply, failure == null ? null : error(failure))));
        }
        var _ = CompletableFuture.allOf(prepares.toArray(CompletableFuture[]::new))
                .thenAccept(ignored -> prepared(
                        attempt, prepares.stream().map(CompletableFuture::join).toList()))
                .exceptionally(this::fault);
    }

    private static Participant participant(WritePlan.Part part) {
        return Participant.newBuilder()
                .setGroup(part.shard().group().toWire())
                .addAllAddresses(
                        part.shard().replicas().stream().map(Replica::address).toList())
                .build();
    }

    private void prepared(RequestId attempt, List<PrepareOutcome.Prepared> all) {
        switch (PrepareOutcome.of(all)) {
            case PrepareOutcome.Decide _ -> decide(attempt, all);
            case PrepareOutcome.TryAgain(PrepareOutcome.Failure because) -> again(attempt, because);
            case PrepareOutcome.Refuse(PrepareOutcome.Failure because) -> refuse(attempt, because);
            case PrepareOutcome.GiveUp(PrepareOutcome.Failure because) -> {
                var _ = release(attempt);
                undecided(because);
            }
        }
    }

    /** What was prepared is given up first: else another attempt would wait for it. */
    private void again(RequestId attempt, PrepareOutcome.Failure because) {
        var _ = release(attempt).whenComplete((ignored, failure) -> {
            if (timeLeft.getAsBoolean()) {
                int longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempts, 6));
                steps.later(this::attempt, longest);
            } else {
                undecided(because);
            }
        });
    }

    /** Ends without that the decider was asked: so nothing is known of what an earlier plan had sent. */
    private void undecided(PrepareOutcome.Failure because) {
        DatabaseException error = because.error();
        boolean unknown = mayHaveRun && error.kind() != ErrorKind.UNKNOWN;
        outcome.complete(new Outcome.Failed(because.part(), unknown ? sentBefore(error) : error));
    }

    private static DatabaseException sentBefore(DatabaseException error) {
        String text = "the write was sent before, and may or may not have happened; sent again, it failed: ";
        return new DatabaseException(ErrorCode.OUTCOME_UNKNOWN, text + error.text(), error.details())
                .with(FailureChoice.CAUSE, error.code().name());
    }

    /** A repeat must get the same answer, and an earlier attempt may have succeeded: the decider knows. */
    private void refuse(RequestId attempt, PrepareOutcome.Failure because) {
        var _ = release(attempt);
        if (!remembered) {
            undecided(because);
            return;
        }
        DecideStep refusal = step(attempt, List.of()).toBuilder()
                .setRefusal(because.error().toWire())
                .build();
        var _ = steps.decide(decider, refusal)
                .handle((reply, failure) -> {
                    if (failure == null) {
                        outcome.complete(new Outcome.Done(ofWhole(Objects.requireNonNull(reply))));
                    } else {
                        DatabaseException error = error(failure);
                        boolean ours = error.code() == because.error().code();
                        outcome.complete(
                                ours
                                        ? new Outcome.Failed(because.part(), because.error())
                                        : new Outcome.Failed(decider, error));
                    }
                    return null;
                })
                .exceptionally(this::fault);
    }

    private DecideStep step(RequestId attempt, List<PrepareOutcome.Prepared> all) {
        int[] affected = new int[plan.size()];
        long greatest = 0;
        for (PrepareOutcome.Prepared each : all) {
            WriteReply reply = Objects.requireNonNull(each.reply());
            greatest = Math.max(greatest, reply.getTimestamp());
            for (int i = 0; i < reply.getAffectedCount(); i++) {
                affected[each.part().numbers().get(i)] = reply.getAffected(i);
            }
        }
        DecideStep.Builder step = DecideStep.newBuilder()
                .setAttempt(attempt)
                .setPreparedTimestamp(greatest)
                .setFirstAskedMillis(firstAskedMillis)
                .addAllOwn(decider.numbers());
        participants.forEach(part -> step.addParticipants(participant(part)));
        for (int count : affected) {
            step.addAffected(count);
        }
        return step.build();
    }

    private void decide(RequestId attempt, List<PrepareOutcome.Prepared> all) {
        var _ = steps.decide(decider, step(attempt, all))
                .handle((reply, failure) -> {
                    if (failure == null) {
                        decided(attempt, all, Objects.requireNonNull(reply));
                    } else {
                        notDecided(attempt, error(failure));
                    }
                    return null;
                })
                .exceptionally(this::fault);
    }

    private void decided(RequestId attempt, List<PrepareOutcome.Prepared> all, WriteReply reply) {
        if (!reply.getDecidedAttempt().equals(attempt)) {
            // An earlier attempt was decided, perhaps by another router: its answer is the request's.
            var _ = release(attempt);
            outcome.complete(new Outcome.Done(ofWhole(reply)));
            return;
        }
        List<WriteReply> replies = new ArrayList<>();
        replies.add(reply);
        for (PrepareOutcome.Prepared each : all) {
            replies.add(decided(Objects.requireNonNull(each.reply()), reply.getTimestamp(), reply.getRepeated()));
        }
        outcome.complete(new Outcome.Done(replies));
        commit(attempt, reply.getTimestamp());
    }

    /**
     * What a participant answered to its prepare, as it is now that the transaction is decided: its rows have the
     * decision's version, not that of the prepare.
     */
    static WriteReply decided(WriteReply prepared, long version, boolean repeated) {
        WriteReply.Builder decided = prepared.toBuilder().setTimestamp(version).setRepeated(repeated);
        decided.getShownBuilderList().stream()
                .filter(row -> row.getVersion() == prepared.getTimestamp())
                .forEach(row -> row.setVersion(version));
        return decided.build();
    }

    private void notDecided(RequestId attempt, DatabaseException error) {
        if (error.code() == ErrorCode.TRANSACTION_RELEASED || error.code() == ErrorCode.LOCKED) {
            again(attempt, new PrepareOutcome.Failure(decider, error));
            return;
        }
        if (error.kind() != ErrorKind.UNKNOWN) {
            var _ = release(attempt);
        }
        // Else it may be decided: the participants will ask.
        outcome.complete(new Outcome.Failed(decider, error));
    }

    private void commit(RequestId attempt, long version) {
        TransactionStep commit = TransactionStep.newBuilder()
                .setCommit(CommitStep.newBuilder().setVersion(version))
                .build();
        // One that does not answer asks the decider itself.
        Queue<Uid> committed = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Boolean>> commits = new ArrayList<>(participants.size());
        for (WritePlan.Part part : participants) {
            commits.add(steps.end(part, attempt, commit)
                    .handle((reply, failure) -> failure == null
                            && committed.add(part.shard().group().toWire())));
        }
        var _ = CompletableFuture.allOf(commits.toArray(CompletableFuture[]::new))
                .thenAccept(ignored -> forget(attempt, committed));
    }

    /** Where this is lost, the decider asks the participants itself. */
    private void forget(RequestId attempt, Collection<Uid> committed) {
        if (!committed.isEmpty()) {
            TransactionStep forget = TransactionStep.newBuilder()
                    .setForget(ForgetStep.newBuilder().addAllParticipants(committed))
                    .build();
            var _ = steps.end(decider, attempt, forget);
        }
    }

    private CompletableFuture<?> release(RequestId attempt) {
        TransactionStep release = TransactionStep.newBuilder()
                .setRelease(ReleaseStep.getDefaultInstance())
                .build();
        return CompletableFuture.allOf(participants.stream()
                .map(part -> steps.end(part, attempt, release).handle((reply, failure) -> reply))
                .toArray(CompletableFuture[]::new));
    }

    /** The answer of a whole request, as the decider keeps it, cut into this plan's parts. */
    private List<WriteReply> ofWhole(WriteReply reply) {
        List<Integer> whole =
                reply.getWholeAffectedCount() > 0 ? reply.getWholeAffectedList() : reply.getAffectedList();
        List<WriteReply> replies = new ArrayList<>();
        for (WritePlan.Part part : plan.parts()) {
            WriteReply.Builder answer =
                    WriteReply.newBuilder().setTimestamp(reply.getTimestamp()).setRepeated(true);
            if (part.equals(decider)) {
                answer.setIndex(reply.getIndex());
            }
            part.numbers().forEach(number -> answer.addAffected(number < whole.size() ? whole.get(number) : 0));
            replies.add(answer.build());
        }
        return replies;
    }

    private @Nullable Void fault(Throwable failure) {
        outcome.complete(new Outcome.Failed(
                decider,
                new DatabaseException(
                        ErrorCode.OUTCOME_UNKNOWN,
                        "a fault of the router in a write over several shards, which may or may not have happened: "
                                + error(failure).text())));
        return null;
    }

    private static DatabaseException error(Throwable failure) {
        Throwable at = failure;
        while (at instanceof CompletionException && at.getCause() != null) {
            at = at.getCause();
        }
        return at instanceof DatabaseException error
                ? error
                : new DatabaseException(ErrorCode.INTERNAL, "a fault of the router: " + at);
    }
}
