package io.shardeddb.consensus;

import java.util.Arrays;
import java.util.List;

/** What a replica does with the messages of its leader. */
final class Following {
    private static final int STAMPS = 16;

    private final Core core;

    /** The latest heartbeat whose round is not yet known to be confirmed, for {@link Freshness}. */
    private long waitingRound;

    private Freshness waiting = Freshness.UNKNOWN;
    private Freshness proven = Freshness.UNKNOWN;
    private long waitingTerm;

    /**
     * The latest stamps sent. One that came from an earlier process of this member, whose clock differed, is not here.
     */
    private final long[] stamps = new long[STAMPS];

    private int nextStamp;

    /** What this voter weighs at its leader, and in which term it was told so. */
    private Weight weight = Weight.NONE;

    private long weightTerm;
    private boolean toldUnfit;

    Following(Core core) {
        this.core = core;
        Arrays.fill(stamps, Long.MIN_VALUE);
    }

    Freshness freshness() {
        return proven;
    }

    /** What this voter weighs at the leader of the present term, as far as it was told. */
    Weight weight() {
        return weightTerm == core.term ? weight : Weight.NONE;
    }

    /** Messages overtake one another: only a later clock, or another term, is news. */
    private void learnWeight(Message.AppendRequest request) {
        if (weightTerm != request.term() || request.weight().clock() >= weight.clock()) {
            weightTerm = request.term();
            weight = request.weight();
        }
    }

    void onAppend(Message.AppendRequest request) {
        if (request.term() < core.term) {
            answerOldLeader(request.from());
            return;
        }
        heard(request);
        learnWeight(request);
        ReplicaLog log = core.log;
        long previous = request.previousIndex();
        List<LogEntry> entries = request.entries();
        long begin = log.firstIndex() - 1;
        if (previous >= begin && (previous > log.lastIndex() || log.term(previous) != request.previousTerm())) {
            refuse(request);
            return;
        }
        // What lies at or below the marker is committed, so it is the same everywhere.
        int skip = (int) Math.min(entries.size(), Math.max(0, begin - previous));
        long end = Math.max(begin, previous + entries.size());
        take(skip == 0 ? entries : entries.subList(skip, entries.size()));
        core.agreedIndex = Math.max(core.agreedIndex, end);
        commitUpTo(request.commitIndex());
        acknowledge(request.from(), request.round(), end);
    }

    void onHeartbeat(Message.Heartbeat heartbeat) {
        if (heartbeat.term() < core.term) {
            answerOldLeader(heartbeat.from());
            return;
        }
        heard(heartbeat);
        if (heartbeat.unfit() && !toldUnfit) {
            toldUnfit = true;
            core.outbox.quarantine(
                    new Effects.Quarantine(
                            core.self,
                            "its leader found that its log lost what it had acknowledged, or that its rows differ from those of most"));
        }
        commitUpTo(heartbeat.commitIndex());
        learnFreshness(heartbeat);
        core.sendInTerm(response(heartbeat));
    }

    /** A copy up to the marker is durable in the state machine. Returns whether the log could begin there. */
    boolean install(SnapshotMarker marker) {
        ReplicaLog log = core.log;
        long index = marker.index();
        if (index < log.firstIndex() - 1) {
            return false;
        }
        boolean keepTail = log.contains(index) && log.term(index) == marker.term();
        log.install(marker, keepTail);
        if (keepTail) {
            core.configurations.rebase(marker);
        } else {
            core.configurations.reset(marker);
        }
        core.restartApplyAt(index);
        core.commitIndex = Math.max(core.commitIndex, index);
        core.agreedIndex = Math.max(core.agreedIndex, index);
        MemberId leader = core.leader;
        if (leader != null && core.role != Role.LEADER) {
            acknowledge(leader, 0, index);
        }
        return true;
    }

    private void heard(Message message) {
        if (core.role == Role.LEADER && message.term() == core.term) {
            throw new IllegalStateException(
                    "term " + core.term + " has two leaders: " + core.self + " and " + message.from());
        }
        core.follow(message.term(), message.from());
        core.leaderKnown();
        core.loyalUntil = core.now + core.rules.loyalty(core.settings);
        core.restartElectionTimer();
    }

    /** Appends what is new and removes what contradicts it. */
    private void take(List<LogEntry> entries) {
        ReplicaLog log = core.log;
        for (int i = 0; i < entries.size(); i++) {
            LogEntry entry = entries.get(i);
            if (entry.index() <= log.lastIndex()) {
                if (log.term(entry.index()) == entry.term()) {
                    continue;
                }
                if (entry.index() <= core.commitIndex) {
                    throw new IllegalStateException("leader of term " + core.term + " contradicts committed entry "
                            + entry.index() + " of term " + log.term(entry.index()) + " with term " + entry.term());
                }
                core.truncateFrom(entry.index());
            }
            core.append(entry);
        }
    }

    private void commitUpTo(long leaderCommit) {
        long index = Math.min(leaderCommit, core.agreedIndex);
        if (index > core.commitIndex) {
            core.commit(index);
        }
    }

    private void acknowledge(MemberId leader, long round, long index) {
        Message response = new Message.AppendResponse(
                core.group, core.self, leader, core.term, round, true, index, 0, 0, core.log.lastIndex());
        if (core.rules.acknowledgesOnlyWhenDurable() && core.log.durableIndex() < index) {
            core.outbox.sendWhenDurable(response);
        } else {
            core.sendInTerm(response);
        }
    }

    /**
     * Tells the leader of an earlier term that its term is over. The answer is in the present term, which the same
     * member may lead by now: it must name neither a round, because rounds count up within a term, nor a time of
     * sending.
     */
    private void answerOldLeader(MemberId leader) {
        core.sendInTerm(new Message.AppendResponse(
                core.group, core.self, leader, core.term, 0, false, -1, 0, 0, core.log.lastIndex()));
    }

    private void refuse(Message.AppendRequest request) {
        ReplicaLog log = core.log;
        long refused = request.previousIndex();
        long hint = Math.min(refused - 1, log.lastIndex());
        while (hint > core.commitIndex && log.term(hint) > request.previousTerm()) {
            hint--;
        }
        hint = Math.max(hint, log.firstIndex() - 1);
        core.sendInTerm(new Message.AppendResponse(
                core.group,
                core.self,
                request.from(),
                core.term,
                request.round(),
                false,
                refused,
                hint,
                log.term(hint),
                log.lastIndex()));
    }

    private Message response(Message.Heartbeat heartbeat) {
        stamps[nextStamp] = core.now;
        nextStamp = (nextStamp + 1) % STAMPS;
        long agreed = core.agreedIndex;
        return new Message.HeartbeatResponse(
                core.group,
                core.self,
                heartbeat.from(),
                core.term,
                heartbeat.round(),
                heartbeat.sentAt(),
                core.now,
                agreed,
                Math.min(agreed, core.log.durableIndex()),
                core.log.lastIndex(),
                core.appliedIndex,
                core.mark,
                core.refusedIndex,
                core.refusedRequest);
    }

    /**
     * The leader sent this heartbeat after it had received our stamp, so what it had committed then contains all that
     * was acknowledged before the stamp, once its round is known to have been confirmed.
     */
    private void learnFreshness(Message.Heartbeat heartbeat) {
        if (waitingTerm == heartbeat.term() && heartbeat.confirmedRound() >= waitingRound) {
            boolean newer = waiting.asOf() != Long.MIN_VALUE && waiting.asOf() - proven.asOf() > 0;
            if (newer || proven.asOf() == Long.MIN_VALUE) {
                proven = waiting;
            }
            waiting = Freshness.UNKNOWN;
        }
        if (waitingTerm != heartbeat.term() || waiting.asOf() == Long.MIN_VALUE) {
            waitingTerm = heartbeat.term();
            waitingRound = heartbeat.round();
            waiting = isOwnStamp(heartbeat.echo())
                    ? new Freshness(heartbeat.commitIndex(), heartbeat.echo())
                    : Freshness.UNKNOWN;
        }
    }

    private boolean isOwnStamp(long echo) {
        if (echo == Long.MIN_VALUE) {
            return false;
        }
        for (long stamp : stamps) {
            if (stamp == echo) {
                return true;
            }
        }
        return false;
    }
}
