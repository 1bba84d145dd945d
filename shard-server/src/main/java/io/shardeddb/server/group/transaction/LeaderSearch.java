package io.shardeddb.server.group.transaction;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.WriteReply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks the leader of another group, wherever it is: one address after the other, and where they point to. */
final class LeaderSearch {

    private static final int MOST_TRIES = 12;

    private final Deque<String> next;
    private final Set<String> tried = new HashSet<>();
    private final Function<String, CompletableFuture<WriteReply>> call;
    private final Consumer<@Nullable WriteReply> done;

    private LeaderSearch(
            List<String> addresses,
            Function<String, CompletableFuture<WriteReply>> call,
            Consumer<@Nullable WriteReply> done) {
        this.next = new ArrayDeque<>(addresses);
        this.call = call;
        this.done = done;
    }

    /**
     * Asks.
     *
     * @param addresses where to look
     * @param call asks one server
     * @param done takes the leader's answer, or {@code null} when none gave one; on any thread, once
     */
    static void ask(
            List<String> addresses,
            Function<String, CompletableFuture<WriteReply>> call,
            Consumer<@Nullable WriteReply> done) {
        new LeaderSearch(addresses, call, done).goOn();
    }

    private void goOn() {
        String address = next.poll();
        if (address == null || tried.size() >= MOST_TRIES) {
            done.accept(null);
        } else if (tried.add(address)) {
            var _ = call.apply(address).whenComplete(this::answered);
        } else {
            goOn();
        }
    }

    private void answered(@Nullable WriteReply reply, @Nullable Throwable failure) {
        if (reply == null || failure != null) {
            goOn();
            return;
        }
        String code = reply.getError().getCode();
        if (!code.equals(ErrorCode.NOT_LEADER.name()) && !code.equals(ErrorCode.UNKNOWN_GROUP.name())) {
            done.accept(reply);
            return;
        }
        if (!reply.getLeader().getAddress().isEmpty()) {
            next.addFirst(reply.getLeader().getAddress());
        }
        goOn();
    }
}
