package io.shardeddb.router.cut;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CutLock;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads several shards at one common moment. All views are opened, and then each shard's leader is asked whether
 * anything came since. If nothing came, every view shows its shard as it was at the moment between. A transaction that
 * a shard has prepared by then does not count if its decider has not decided it after that moment. Views that lack
 * something are opened again. After some tries the leaders begin no writes while views are opened.
 *
 * @param <V> what is read of one shard
 */
public final class Cut<V> {

    /** So often views are opened while writes go on. */
    static final int FREE_TRIES = 3;

    /** For so long leaders begin no writes in the first try with gates; in each further one for twice as long. */
    static final int FIRST_GATE_MILLIS = 20;

    /** The longest time. */
    static final int LONGEST_GATE_MILLIS = 1_280;

    private final CutSteps<V> steps;
    private final List<@Nullable CutView<V>> views;
    private final CompletableFuture<List<V>> result = new CompletableFuture<>();
    private int tries;

    /** @param parts number of shards */
    public Cut(CutSteps<V> steps, int parts) {
        this.steps = steps;
        views = new ArrayList<>(Collections.nCopies(parts, null));
    }

    /** What was read of each shard, in their order. If it fails, everything was dropped. */
    public CompletableFuture<List<V>> start() {
        open(all(), Map.of());
        return result;
    }

    private Set<Integer> all() {
        return IntStream.range(0, views.size()).boxed().collect(Collectors.toCollection(TreeSet::new));
    }

    /** @param decided attempts that a view must show, by shard */
    private void open(Set<Integer> parts, Map<Integer, List<RequestId>> decided) {
        long gate = ++tries > FREE_TRIES ? steps.newGate() : 0;
        Map<Integer, CompletableFuture<Void>> opening = new LinkedHashMap<>();
        for (int part : gate == 0 ? parts : all()) {
            drop(part);
            CutPart how = CutPart.newBuilder()
                    .addAllDecided(decided.getOrDefault(part, List.of()))
                    .setGate(gate)
                    .setGateMillis(gate == 0 ? 0 : gateMillis())
                    .build();
            opening.put(part, steps.open(part, how).thenAccept(view -> opened(part, view)));
        }
        whenAll(opening, opened -> check(gate));
    }

    private synchronized void opened(int part, CutView<V> view) {
        if (result.isDone()) {
            // It comes when all is over.
            steps.drop(view.value());
        } else {
            views.set(part, view);
        }
    }

    private void check(long gate) {
        Map<Integer, CompletableFuture<CutReply>> checks = new LinkedHashMap<>();
        all().forEach(part -> checks.put(part, steps.check(part, index(part), gate)));
        whenAll(checks, true, replies -> {
            Set<Integer> again = changed(replies);
            Map<Integer, List<CutLock>> locked = new LinkedHashMap<>();
            replies.forEach((part, reply) -> {
                if (!reply.getChanged() && reply.getLocksCount() > 0) {
                    locked.put(part, reply.getLocksList());
                }
            });
            if (locked.isEmpty()) {
                conclude(again, Map.of());
            } else {
                askDeciders(again, locked, gate);
            }
        });
    }

    private static Set<Integer> changed(Map<Integer, CutReply> replies) {
        Set<Integer> changed = new TreeSet<>();
        replies.forEach((part, reply) -> {
            if (reply.getChanged()) {
                changed.add(part);
            }
        });
        return changed;
    }

    /** An attempt, whatever issue time its id has on one shard. */
    private record Attempt(String client, long number) {
        static Attempt of(RequestId id) {
            return new Attempt(id.getClient(), id.getNumber());
        }
    }

    private void askDeciders(Set<Integer> again, Map<Integer, List<CutLock>> locked, long gate) {
        Map<Uid, List<CutLock>> questions = new LinkedHashMap<>();
        locked.values()
                .forEach(locks -> locks.forEach(lock -> questions
                        .computeIfAbsent(lock.getDecider().getGroup(), group -> new ArrayList<>())
                        .add(lock)));
        Map<Integer, CompletableFuture<CutReply>> answers = new HashMap<>();
        questions.values().forEach(locks -> {
            Participant decider = locks.getFirst().getDecider();
            // Deciders are no parts of the read, or other ones than these numbers say.
            answers.put(
                    -1 - answers.size(),
                    steps.decided(
                            decider, locks.stream().map(CutLock::getAttempt).toList()));
        });
        whenAll(answers, replies -> {
            Set<Attempt> decided = replies.values().stream()
                    .flatMap(reply -> reply.getDecidedList().stream())
                    .map(Attempt::of)
                    .collect(Collectors.toSet());
            Map<Integer, List<RequestId>> wanted = new HashMap<>();
            Set<Integer> unchanged = new TreeSet<>();
            locked.forEach((part, locks) -> {
                List<RequestId> missing = locks.stream()
                        .map(CutLock::getAttempt)
                        .filter(attempt -> decided.contains(Attempt.of(attempt)))
                        .toList();
                if (missing.isEmpty()) {
                    unchanged.add(part);
                } else {
                    wanted.put(part, missing);
                    again.add(part);
                }
            });
            checkLocked(again, unchanged, wanted, gate);
        });
    }

    /**
     * A decider forgets what it decided when all others have committed. So its "no" counts only if the lock is still
     * there afterwards.
     */
    private void checkLocked(Set<Integer> again, Set<Integer> locked, Map<Integer, List<RequestId>> wanted, long gate) {
        Map<Integer, CompletableFuture<CutReply>> checks = new LinkedHashMap<>();
        locked.forEach(part -> checks.put(part, steps.check(part, index(part), gate)));
        whenAll(checks, replies -> {
            Set<Integer> all = new HashSet<>(again);
            all.addAll(changed(replies));
            conclude(all, wanted);
        });
    }

    private void conclude(Set<Integer> again, Map<Integer, List<RequestId>> decided) {
        if (again.isEmpty()) {
            complete();
        } else if (!steps.hasTime()) {
            fail(steps.timedOut());
        } else if (tries < FREE_TRIES) {
            open(again, decided);
        } else {
            // Leaders let writers through for as long as they kept them waiting.
            steps.later(() -> open(again, decided), tries == FREE_TRIES ? 1 : 2 * gateMillis());
        }
    }

    /** Where opening takes longer than leaders wait, as on a busy machine, waiting for longer is what helps. */
    private int gateMillis() {
        int doublings = Math.min(tries - FREE_TRIES - 1, 8);
        return Math.min(FIRST_GATE_MILLIS << doublings, LONGEST_GATE_MILLIS);
    }

    /** A server of an older version knows nothing of cuts: each shard is read at a moment of its own. */
    private void readAlone() {
        Map<Integer, CompletableFuture<Void>> opening = new LinkedHashMap<>();
        for (int part : all()) {
            drop(part);
            opening.put(part, steps.open(part, null).thenAccept(view -> opened(part, view)));
        }
        whenAll(opening, opened -> conclude(Set.of(), Map.of()));
    }

    private synchronized void complete() {
        List<V> values = new ArrayList<>(views.size());
        for (CutView<V> view : views) {
            if (view != null) {
                values.add(view.value());
            }
        }
        result.complete(values);
    }

    private synchronized long index(int part) {
        CutView<V> view = views.get(part);
        return view == null ? 0 : view.index();
    }

    private synchronized void drop(int part) {
        CutView<V> view = views.set(part, null);
        if (view != null) {
            steps.drop(view.value());
        }
    }

    private void fail(Throwable failure) {
        result.completeExceptionally(failure);
        all().forEach(this::drop);
    }

    private <R> void whenAll(Map<Integer, CompletableFuture<R>> asked, Consumer<Map<Integer, R>> next) {
        whenAll(asked, false, next);
    }

    /**
     * Goes on when all have answered, or ends when one has failed for good.
     *
     * @param mayBeUnknown whether servers of older versions do not know what they are asked
     */
    private <R> void whenAll(
            Map<Integer, CompletableFuture<R>> asked, boolean mayBeUnknown, Consumer<Map<Integer, R>> next) {
        for (CompletableFuture<R> each : asked.values()) {
            var _ = each.whenComplete((ignored, failure) -> {
                if (failure == null) {
                    return;
                }
                boolean unknown = mayBeUnknown && isUnknownToServer(cause(failure));
                if (!unknown && steps.isFinal(cause(failure))) {
                    result.completeExceptionally(cause(failure));
                }
            });
        }
        var all = CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new));
        var _ = all.whenComplete((ignored, any) -> {
            if (any == null && !result.isDone()) {
                Map<Integer, R> answers = new LinkedHashMap<>();
                asked.forEach((part, answer) -> answers.put(part, answer.join()));
                try {
                    next.accept(answers);
                } catch (RuntimeException e) {
                    fail(e);
                }
                return;
            }
            Map<Integer, Throwable> failures = new LinkedHashMap<>();
            asked.forEach((part, answer) -> {
                if (answer.isCompletedExceptionally()) {
                    failures.put(part, cause(answer.exceptionNow()));
                }
            });
            if (mayBeUnknown && !result.isDone() && failures.values().stream().anyMatch(Cut::isUnknownToServer)) {
                readAlone();
            } else {
                fail(failures.isEmpty() ? steps.timedOut() : steps.failure(failures));
            }
        });
    }

    private static boolean isUnknownToServer(Throwable failure) {
        return failure instanceof DatabaseException error && error.code() == ErrorCode.MALFORMED_REQUEST;
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
