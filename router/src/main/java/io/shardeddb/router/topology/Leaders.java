package io.shardeddb.router.topology;

import io.shardeddb.protocol.wire.LeaderHint;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Who leads each group, learned from the servers alone; the highest term wins. */
@Singleton
public final class Leaders {

    private final Map<GroupId, Leader> leaders = new ConcurrentHashMap<>();
    private final Map<GroupId, String> last = new ConcurrentHashMap<>();
    private final Map<GroupId, Set<Runnable>> waiting = new ConcurrentHashMap<>();

    /**
     * A leader as a server told it.
     *
     * @param term of its election
     * @param address host:port of its gRPC endpoint; empty when the term has no leader yet
     */
    public record Leader(long term, String address) {}

    /** The leader's address, or null when none is known. */
    public @Nullable String addressOf(GroupId group) {
        Leader leader = leaders.get(group);
        return leader == null || leader.address().isEmpty() ? null : leader.address();
    }

    /**
     * The address that led last as far as is known, doubted or not; null when none ever was. It may say who leads now.
     */
    public @Nullable String lastAddressOf(GroupId group) {
        return last.get(group);
    }

    /**
     * Which server to ask: the leader. Where none is known, one of the copies. Without a known copy, as while the
     * shard's object is missing, who led last may lead still, or say who does; null when none ever was.
     *
     * @param turn which of the copies, any number; asked only where it matters
     */
    public @Nullable String toAsk(ShardEntry shard, IntSupplier turn) {
        String leader = addressOf(shard.group());
        if (leader != null) {
            return leader;
        }
        List<Replica> replicas = shard.replicas();
        return replicas.isEmpty()
                ? lastAddressOf(shard.group())
                : replicas.get(Math.floorMod(turn.getAsInt(), replicas.size())).address();
    }

    /** Takes a hint; one of an older term changes nothing, and neither does one of the same term without an address. */
    public void learn(GroupId group, LeaderHint hint) {
        if (hint.getTerm() == 0 && hint.getAddress().isEmpty()) {
            return;
        }
        Leader known = leaders.get(group);
        if (known != null
                && (hint.getTerm() < known.term()
                        || (hint.getTerm() == known.term()
                                && (hint.getAddress().isEmpty()
                                        || hint.getAddress().equals(known.address()))))) {
            return;
        }
        Leader told = new Leader(hint.getTerm(), hint.getAddress());
        if (!told.address().isEmpty()) {
            last.put(group, told.address());
        }
        boolean news = leaders.merge(group, told, Leaders::later).equals(told);
        if (news && !told.address().isEmpty()) {
            waiting.getOrDefault(group, Set.of()).forEach(Runnable::run);
        }
    }

    private static Leader later(Leader known, Leader told) {
        if (told.term() != known.term()) {
            return told.term() > known.term() ? told : known;
        }
        return told.address().isEmpty() ? known : told;
    }

    /** Forgets a leader that did not answer as one, unless another has been learned meanwhile. */
    public void doubt(GroupId group, String address) {
        leaders.computeIfPresent(
                group, (ignored, known) -> known.address().equals(address) ? new Leader(known.term(), "") : known);
    }

    /** Runs the action at each new leader of the group until the handle is closed. The action must be short. */
    public Registration whenChanged(GroupId group, Runnable action) {
        waiting.computeIfAbsent(group, ignored -> ConcurrentHashMap.newKeySet()).add(action);
        return () -> {
            Set<Runnable> actions = waiting.get(group);
            if (actions != null) {
                actions.remove(action);
            }
        };
    }

    /** Ends a registration. */
    @FunctionalInterface
    public interface Registration {
        void close();
    }
}
