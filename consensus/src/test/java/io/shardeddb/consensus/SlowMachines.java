package io.shardeddb.consensus;

import static io.shardeddb.consensus.Trio.MILLI;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;

/** Three replicas whose messages and forces take their time. */
final class SlowMachines {

    final Map<MemberId, Replica> replicas = new HashMap<>();
    private final Map<MemberId, MemoryLog> logs = new HashMap<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Random random;
    private final long messageMillis;
    private final long forceMillis;
    private long now = 1;
    private long number;

    private record Event(long at, long number, Runnable run) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    SlowMachines(long seed, long messageMillis, long forceMillis) {
        random = new Random(seed);
        this.messageMillis = messageMillis;
        this.forceMillis = forceMillis;
        List<Member> members = IntStream.range(0, 3).mapToObj(Trio::member).toList();
        for (Member member : members) {
            Recovered recovered = Recovered.bootstrap(VoterSet.majority(members));
            MemoryLog log = new MemoryLog(recovered.marker());
            logs.put(member.id(), log);
            replicas.put(
                    member.id(),
                    new Replica(
                            Trio.GROUP,
                            member.id(),
                            Settings.DEFAULT,
                            recovered,
                            log,
                            new Random(random.nextLong()),
                            now));
        }
    }

    /** Half as long to half as long again. */
    private void after(long millis, Runnable run) {
        long nanos = millis * MILLI;
        events.add(new Event(now + nanos / 2 + (nanos == 0 ? 0 : random.nextLong(nanos)), number++, run));
    }

    private void drain(Replica replica) {
        Effects effects = replica.drain();
        Objects.requireNonNull(logs.get(replica.self())).take(effects);
        effects.messages().forEach(this::send);
        if (effects.applyUpTo() > 0) {
            replica.applied(effects.applyUpTo());
        }
        if (effects.number() > 0) {
            after(forceMillis, () -> {
                effects.messagesWhenDurable().forEach(this::send);
                replica.persisted(effects.number(), now);
                drain(replica);
            });
        }
    }

    private void send(Message message) {
        after(messageMillis, () -> {
            Replica receiver = Objects.requireNonNull(replicas.get(message.to()));
            receiver.step(message, now);
            drain(receiver);
        });
    }

    /** Time passes in small steps. */
    void pass(long nanos) {
        long until = now + nanos;
        while (now < until) {
            long next = now + 10 * MILLI;
            for (Event event = events.peek(); event != null && event.at() <= next; event = events.peek()) {
                events.remove();
                now = Math.max(now, event.at());
                event.run().run();
            }
            now = next;
            replicas.values().forEach(replica -> {
                replica.tick(now);
                drain(replica);
            });
        }
    }

    List<Long> terms() {
        return replicas.values().stream().map(Replica::term).distinct().toList();
    }
}
