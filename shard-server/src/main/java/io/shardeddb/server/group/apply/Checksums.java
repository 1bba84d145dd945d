package io.shardeddb.server.group.apply;

import io.shardeddb.protocol.wire.TableChecksum;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The latest checksums of one replica, by log index, and who waits for one. Confined to the loop. */
public final class Checksums {
    private static final int KEPT = 8;

    private final LinkedHashMap<Long, List<TableChecksum>> known = new LinkedHashMap<>();
    private final List<Waiter> waiters = new ArrayList<>();

    private record Waiter(long index, long deadline, Consumer<@Nullable List<TableChecksum>> answer) {}

    /**
     * Keeps the checksums at an index, and answers those that wait for them. The oldest of more than eight are
     * forgotten.
     */
    public void add(long index, List<TableChecksum> tables) {
        known.put(index, tables);
        if (known.size() > KEPT) {
            Iterator<Map.Entry<Long, List<TableChecksum>>> oldest =
                    known.entrySet().iterator();
            oldest.next();
            oldest.remove();
        }
        for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
            Waiter waiter = all.next();
            if (waiter.index() == index) {
                all.remove();
                waiter.answer().accept(tables);
            }
        }
    }

    /**
     * Answers with the checksums at an index, at once or when they come; with null after the deadline (nanoseconds).
     */
    public void await(long index, long deadline, Consumer<@Nullable List<TableChecksum>> answer) {
        List<TableChecksum> tables = known.get(index);
        if (tables != null) {
            answer.accept(tables);
        } else {
            waiters.add(new Waiter(index, deadline, answer));
        }
    }

    /** Whether nobody waits. */
    public boolean isIdle() {
        return waiters.isEmpty();
    }

    /** Answers null to those whose deadline has passed. */
    public void expire(long now) {
        for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
            Waiter waiter = all.next();
            if (now - waiter.deadline() > 0) {
                all.remove();
                waiter.answer().accept(null);
            }
        }
    }
}
