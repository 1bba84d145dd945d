package io.shardeddb.server.group.transaction;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.SettleRequest;
import io.shardeddb.protocol.wire.TransactionDecision;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.PeerCalls;
import io.shardeddb.server.store.transaction.Attempt;
import io.shardeddb.server.store.transaction.TransactionView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends transactions whose router is gone. A leader that has prepared one asks the decider what it decided, which closes
 * the attempt if it has not: then it will never be decided. A leader that has decided one tells the participants, until
 * all have committed. Confined to the loop.
 */
final class Resolver {

    /** So long a router may take from one step to the next before this server asks. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Between two tries. */
    static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    static final int CALL_MILLIS = 2_000;

    private final Map<Attempt, Watch> watched = new HashMap<>();
    private final PeerCalls calls;
    private final Executor loop;
    private final Supplier<List<String>> known;
    private final Consumer<LoggedRequest> propose;

    /** A transaction that is not over, as long as this server leads. */
    private static final class Watch {
        private long next;
        private boolean asking;

        Watch(long next) {
            this.next = next;
        }
    }

    /**
     * @param calls the way to other servers
     * @param known addresses of servers that may know a group that moved
     * @param propose puts a step into this group's log; it may be refused, and is then tried again
     */
    Resolver(PeerCalls calls, Executor loop, Supplier<List<String>> known, Consumer<LoggedRequest> propose) {
        this.calls = calls;
        this.loop = loop;
        this.known = known;
        this.propose = propose;
    }

    /** Looks at what is open, as a leader. */
    void look(TransactionView view, long now) {
        if (!view.anyPrepared() && !view.anyDecision()) {
            watched.clear();
            return;
        }
        Set<Attempt> open = new HashSet<>();
        for (PreparedTransaction prepared : view.prepared()) {
            Attempt attempt = Attempt.of(prepared.getAttempt());
            open.add(attempt);
            Watch watch = due(attempt, now);
            if (watch != null) {
                ask(prepared, watch);
            }
        }
        for (TransactionDecision decision : view.decisions()) {
            Attempt attempt = Attempt.of(decision.getAttempt());
            open.add(attempt);
            Watch watch = due(attempt, now);
            if (watch != null) {
                tell(decision, watch);
            }
        }
        watched.keySet().retainAll(open);
    }

    /** Another one leads. */
    void forget() {
        watched.clear();
    }

    private @Nullable Watch due(Attempt attempt, long now) {
        Watch watch = watched.computeIfAbsent(attempt, key -> new Watch(now + PATIENCE_NANOS));
        if (watch.asking || now - watch.next < 0) {
            return null;
        }
        watch.asking = true;
        watch.next = now + AGAIN_NANOS;
        return watch;
    }

    private void ask(PreparedTransaction prepared, Watch watch) {
        SettleRequest question = SettleRequest.newBuilder()
                .setGroup(prepared.getDecider().getGroup())
                .setRequest(prepared.getAttempt().toBuilder().setIssuedAtMillis(prepared.getDeciderIssuedAtMillis()))
                .setTimeoutMillis(CALL_MILLIS)
                .build();
        LeaderSearch.ask(
                addresses(prepared.getDecider()),
                address -> calls.settle(address, question),
                reply -> loop.execute(() -> {
                    watch.asking = false;
                    LoggedRequest step = reply == null ? null : step(prepared, reply);
                    if (step != null) {
                        propose.accept(step);
                    }
                }));
    }

    /** What follows from a decider's answer; {@code null}: it is not known yet. */
    static @Nullable LoggedRequest step(PreparedTransaction prepared, WriteReply reply) {
        if (!reply.hasError()) {
            return Steps.commit(prepared.getAttempt(), reply.getTimestamp());
        }
        return switch (ErrorCode.ofName(reply.getError().getCode())) {
            case REQUEST_NOT_RUN, REQUEST_CLOSED, REQUEST_EXPIRED -> Steps.release(prepared.getAttempt());
            default -> null;
        };
    }

    private void tell(TransactionDecision decision, Watch watch) {
        List<Uid> committed = new ArrayList<>();
        int[] left = {decision.getParticipantsCount()};
        for (Participant participant : decision.getParticipantsList()) {
            WriteRequest commit = WriteRequest.newBuilder()
                    .setGroup(participant.getGroup())
                    .setRequest(decision.getAttempt())
                    .setTransaction(Steps.committing(decision.getVersion()))
                    .setTimeoutMillis(CALL_MILLIS)
                    .build();
            LeaderSearch.ask(
                    addresses(participant),
                    address -> calls.write(address, commit),
                    reply -> loop.execute(() -> {
                        if (reply != null && !reply.hasError()) {
                            committed.add(participant.getGroup());
                        }
                        if (--left[0] == 0) {
                            watch.asking = false;
                            if (!committed.isEmpty()) {
                                propose.accept(Steps.forget(decision.getAttempt(), committed));
                            }
                        }
                    }));
        }
    }

    private List<String> addresses(Participant participant) {
        List<String> addresses = new ArrayList<>(participant.getAddressesList());
        addresses.addAll(known.get());
        return addresses;
    }
}
