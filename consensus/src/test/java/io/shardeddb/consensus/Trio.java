package io.shardeddb.consensus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Some replicas in one place, with a perfect disk and a network that delivers in order, for unit tests. */
final class Trio {
    static final GroupId GROUP = new GroupId(1, 1);
    static final long MILLI = 1_000_000L;

    final Map<MemberId, Replica> replicas = new HashMap<>();
    final Map<MemberId, MemoryLog> logs = new HashMap<>();
    final List<Effects.ConfirmedRead> reads = new ArrayList<>();
    final List<Long> refusedReads = new ArrayList<>();
    final List<Effects.CommittedConfiguration> configurations = new ArrayList<>();
    final List<Effects.CopyNeeded> copies = new ArrayList<>();
    final List<Effects.Quarantine> quarantined = new ArrayList<>();
    final Map<MemberId, Long> applied = new HashMap<>();
    final Set<MemberId> cutOff = new HashSet<>();
    final Set<MemberId> diskStands = new HashSet<>();
    /** Their state machines carry out nothing. */
    final Set<MemberId> applyStands = new HashSet<>();
    /** Their versions tell neither what they apply nor what they refuse. */
    final Set<MemberId> silentOfApplying = new HashSet<>();

    private final ArrayDeque<Message> messages = new ArrayDeque<>();
    private final Settings settings;

    /** Another one gives the replicas that are added from now on other election time-outs. */
    long seed;

    private long cutAfter = Long.MAX_VALUE;
    long now = 1;

    Trio(int size, Settings settings) {
        this(size, 0, settings);
    }

    Trio(int size, int faultTolerance, Settings settings) {
        this.settings = settings;
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            members.add(member(i));
        }
        for (int i = 0; i < size; i++) {
            add(i, Recovered.bootstrap(new VoterSet(members, faultTolerance)));
        }
    }

    static Member member(int number) {
        return new Member(id(number), "server-" + number);
    }

    static MemberId id(int number) {
        return new MemberId(0, number);
    }

    void add(int number, Recovered recovered) {
        MemoryLog log = new MemoryLog(recovered.marker());
        logs.put(id(number), log);
        replicas.put(
                id(number),
                new Replica(GROUP, id(number), settings, recovered, log, new Random(number + 1000 * seed), now));
    }

    /** A process ends and begins again, with its log and its term. What is applied is not known. */
    void restart(int number) {
        ReplicaStatus before = get(number).status();
        MemoryLog log = log(number);
        List<LogEntry> configured = log.all().stream()
                .filter(entry -> entry.payload() instanceof Payload.Membership)
                .toList();
        HardState promised = new HardState(before.term(), null);
        Recovered recovered =
                new Recovered(promised, log.marker(), configured, log.marker().index());
        replicas.put(id(number), new Replica(GROUP, id(number), settings, recovered, log, new Random(number), now));
    }

    Replica get(int number) {
        return Objects.requireNonNull(replicas.get(id(number)));
    }

    MemoryLog log(int number) {
        return Objects.requireNonNull(logs.get(id(number)));
    }

    /** Lets one replica's election time-out pass, and everything that follows happen. */
    Replica elect(int number) {
        now += 2 * settings.electionTimeout();
        get(number).tick(now);
        settle();
        return get(number);
    }

    /** Time passes in small steps. */
    void pass(long nanoseconds) {
        long until = now + nanoseconds;
        while (now < until) {
            now += 10 * MILLI;
            for (Replica replica : replicas.values()) {
                replica.tick(now);
            }
            settle();
        }
    }

    /** Cuts a leader off as soon as it has been acknowledged an index. */
    void stopAfterAcknowledgementOf(long index) {
        cutAfter = index;
    }

    /** All can talk again. */
    void reconnect() {
        cutAfter = Long.MAX_VALUE;
        cutOff.clear();
    }

    /** Drains and delivers until nothing is left. */
    void settle() {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (Replica replica : replicas.values()) {
                busy |= drain(replica);
            }
            @Nullable Message message = messages.poll();
            if (message != null) {
                busy = true;
                Replica receiver = replicas.get(message.to());
                if (receiver != null && !cutOff.contains(message.from()) && !cutOff.contains(message.to())) {
                    receiver.step(asSent(message), now);
                    if (message instanceof Message.AppendResponse response && response.matchIndex() >= cutAfter) {
                        cutOff.add(message.to());
                    }
                }
            }
        }
    }

    private Message asSent(Message message) {
        return message instanceof Message.HeartbeatResponse answer && silentOfApplying.contains(answer.from())
                ? new Message.HeartbeatResponse(
                        answer.group(),
                        answer.from(),
                        answer.to(),
                        answer.term(),
                        answer.round(),
                        answer.sentAt(),
                        answer.stamp(),
                        answer.appendedIndex(),
                        answer.durableIndex(),
                        answer.lastIndex(),
                        0,
                        answer.mark(),
                        0,
                        Message.HeartbeatResponse.REQUEST_NOT_TOLD)
                : message;
    }

    private boolean drain(Replica replica) {
        Effects effects = replica.drain();
        Objects.requireNonNull(logs.get(replica.self())).take(effects);
        messages.addAll(effects.messages());
        reads.addAll(effects.reads());
        refusedReads.addAll(effects.refusedReads());
        configurations.addAll(effects.committedConfigurations());
        copies.addAll(effects.copiesNeeded());
        quarantined.addAll(effects.quarantined());
        if (effects.applyUpTo() > 0 && !applyStands.contains(replica.self())) {
            applied.put(replica.self(), effects.applyUpTo());
            replica.applied(effects.applyUpTo());
        }
        boolean forced = effects.number() > 0 && !diskStands.contains(replica.self());
        if (forced) {
            messages.addAll(effects.messagesWhenDurable());
            replica.persisted(effects.number(), now);
        }
        return forced || !effects.messages().isEmpty();
    }
}
