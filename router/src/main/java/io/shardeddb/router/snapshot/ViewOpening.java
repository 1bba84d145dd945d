package io.shardeddb.router.snapshot;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.protocol.wire.OpenView;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.failure.Tries;
import io.shardeddb.router.forward.Forwarder;
import io.shardeddb.router.forward.RetryRule;
import io.shardeddb.router.topology.ShardEntry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens a view of a shard at its leader, wherever that is by now. Blocks, so it belongs on a virtual thread. */
final class ViewOpening {
    private final Forwarder forwarder;
    private final ShardEntry shard;
    private final long deadline;

    /** @param deadline when to give up, by {@link System#nanoTime} */
    ViewOpening(Forwarder forwarder, ShardEntry shard, long deadline) {
        this.forwarder = forwarder;
        this.shard = shard;
        this.deadline = deadline;
    }

    /**
     * Tries until a server opens it.
     *
     * @throws DatabaseException when none does in time
     */
    ShardView open(CutPart cut) {
        long began = System.nanoTime();
        Tries tries = Tries.NONE;
        int attempt = 0;
        do {
            int turn = attempt;
            String address = forwarder.leaders().toAsk(shard, () -> turn);
            if (address == null) {
                tries = tries.and(new Tries.NobodyKnown());
            } else {
                try {
                    return attempt(address, cut);
                } catch (DatabaseException e) {
                    after(e, address);
                    tries = tries.and(new Tries.Refused(shard.serverAt(address), e));
                } catch (StatusRuntimeException e) {
                    if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                        throw Snapshots.olderServer();
                    }
                    forwarder.leaders().doubt(shard.group(), address);
                    tries = tries.and(Tries.Unanswered.of(shard.serverAt(address), e.getStatus()));
                }
            }
            attempt++;
            forwarder.awaitLeader(shard, RetryRule.backOffMillis(attempt));
        } while (System.nanoTime() - deadline < 0);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        throw FailureChoice.ofShard(shard.name(), FailureChoice.Asked.READ, tries, millis);
    }

    private void after(DatabaseException error, String address) {
        switch (RetryRule.after(error.code())) {
            case STOP, PLAN_ANEW -> throw error.with(FailureChoice.SHARD, shard.name());
            case ELSEWHERE -> forwarder.leaders().doubt(shard.group(), address);
            case LATER -> {
                // The same server may do it a little later.
            }
        }
    }

    /** One server, for as long as one may take: a frozen one does not say that it is. */
    private ShardView attempt(String address, CutPart cut) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        int millis = (int) Math.clamp(left / 2, 1, RouterSettings.ATTEMPT_TIMEOUT.toMillis());
        OpenView how = OpenView.newBuilder()
                .setGroup(shard.group().toWire())
                .setCut(cut)
                .setTimeoutMillis(millis)
                .build();
        CompletableFuture<ShardView> opening = ShardView.open(
                forwarder.links().channel(address),
                how,
                hint -> forwarder.leaders().learn(shard.group(), hint));
        try {
            return opening.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            abandon(opening);
            throw Status.DEADLINE_EXCEEDED
                    .withDescription("no view after " + millis + " ms")
                    .asRuntimeException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            abandon(opening);
            throw Forwarder.goingDown();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DatabaseException error) {
                throw error;
            }
            throw Status.fromThrowable(e.getCause()).asRuntimeException();
        }
    }

    private static void abandon(CompletableFuture<ShardView> opening) {
        var _ = opening.thenAccept(ShardView::close);
    }
}
