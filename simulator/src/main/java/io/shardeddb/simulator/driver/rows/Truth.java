package io.shardeddb.simulator.driver.rows;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.forward.RetryRule;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.transaction.LogPlace;
import io.shardeddb.simulator.driver.schedule.RuleBroken;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What happened in one group, as an observer of everything knows it, and the rules that it must keep. */
public final class Truth {
    private final Schedule schedule;
    private final String id;
    private final String group;
    private final @Nullable TransactionTruth together;
    private final List<CommittedEntry> entries = new ArrayList<>();
    private final List<State.Step> steps = new ArrayList<>();
    /** At which index each request ran first, and which of its attempts did. */
    private final Map<String, Ran> ran = new HashMap<>();
    /** Attempts of which was said that they can never run. */
    private final Set<String> refused = new HashSet<>();

    private long acknowledged;

    private record Ran(long index, long attempt) {}

    /**
     * Nothing has happened yet.
     *
     * @param id of the group
     * @param group how it is called in texts
     * @param together hears what happens here; absent: nobody writes to several groups at once
     */
    public Truth(Schedule schedule, String id, String group, @Nullable TransactionTruth together) {
        this.schedule = schedule;
        this.id = id;
        this.group = group;
        this.together = together;
    }

    private void broken(String rule, String text) {
        schedule.broken(new RuleBroken(rule, group + ": " + text));
    }

    /** Greatest index that is known to have been applied anywhere. */
    public long last() {
        return entries.size();
    }

    /** The state after an index that was applied somewhere. */
    public State state(long index) {
        return index == 0 ? State.EMPTY : steps.get((int) index - 1).state();
    }

    /** Whether it is the very object, so that its result is known without computing it again. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isState(State state, long index) {
        return state == state(index);
    }

    /** Sees what a replica makes of entries, and compares it with what others made of them. */
    public Batch.Observer observer(String who) {
        return (before, entry, step) -> ran(who, before, entry, step);
    }

    private State.Step ran(String who, State before, CommittedEntry entry, State.Step step) {
        long index = entry.index();
        if (index == entries.size() + 1 && isState(before, index - 1)) {
            first(entry, step);
            return step;
        }
        if (index <= entries.size()) {
            CommittedEntry known = entries.get((int) index - 1);
            if (known.term() != entry.term() || !Objects.equals(known.command(), entry.command())) {
                broken(
                        "one index has one entry",
                        who + " applies at " + index + " the entry of term " + entry.term() + ", that of term "
                                + known.term() + " was applied before");
            }
            State.Step rightly = steps.get((int) index - 1);
            compare(who, step, rightly);
            return step.state().isLike(rightly.state()) && isState(before, index - 1) ? rightly : step;
        }
        broken(
                "no entry is passed over",
                who + " applies " + index + " behind " + before.index()
                        + ", and nobody has applied what stands before");
        return step;
    }

    private void compare(String who, State.Step step, State.Step rightly) {
        long index = rightly.state().index();
        if (!step.outcome().equals(rightly.outcome())) {
            broken(
                    "an entry has the same results on every replica",
                    who + " gets at " + index + " " + text(step.outcome()) + ", others got " + text(rightly.outcome()));
        } else if (!step.state().hasRowsOf(rightly.state())) {
            broken("replicas with the same index have the same rows", who + " differs at " + index);
        } else if (!step.state().isLike(rightly.state())) {
            broken("replicas with the same index have the same open transactions", who + " differs at " + index);
        }
    }

    /** A message's own text is another one in each process, on purpose; this one is always the same. */
    private static String text(EntryOutcome outcome) {
        List<String> replies = outcome.replies().stream()
                .map(reply -> TextFormat.printer().emittingSingleLine(true).printToString(reply))
                .toList();
        return outcome.error() == null ? replies.toString() : outcome.error().getCode();
    }

    private void first(CommittedEntry entry, State.Step step) {
        entries.add(entry);
        steps.add(step);
        LoggedCommand command = entry.command();
        if (command == null) {
            return;
        }
        if (together != null) {
            together.applied(
                    id, state(entry.index() - 1), LoggedWrites.of(command).requests(), step);
        }
        if (entry.index() > 1
                && command.getTimestamp() <= state(entry.index() - 1).applied().timestamp()) {
            broken("timestamps increase in the order of the log", "at " + entry.index());
        }
        for (LoggedRequest request : run(entry, step)) {
            String name = State.id(request);
            String attempt = name + "#" + attempt(request);
            if (refused.contains(attempt)) {
                broken("what was refused as not begun never runs", attempt + " runs at " + entry.index());
            }
            if (ran.putIfAbsent(name, new Ran(entry.index(), attempt(request))) == null) {
                schedule.trace(() -> group + " " + entry.index() + " first runs " + attempt);
            }
        }
    }

    /** The requests of an entry that ran, or repeat what ran: not those that were refused where they stand. */
    private static List<LoggedRequest> run(CommittedEntry entry, State.Step step) {
        LoggedCommand command = entry.command();
        List<LoggedRequest> run = new ArrayList<>();
        if (command != null) {
            List<LoggedRequest> all = LoggedWrites.of(command).requests();
            for (int i = 0; i < all.size(); i++) {
                WriteReply reply = step.outcome().replies().get(i);
                if (!reply.hasError()
                        || RetryRule.isRemembered(
                                ErrorCode.ofName(reply.getError().getCode()))) {
                    run.add(all.get(i));
                }
            }
        }
        return run;
    }

    /** The attempts of a request are told apart by when their id says that it was issued. */
    private static long attempt(LoggedRequest request) {
        return request.getRequest().getIssuedAtMillis();
    }

    /** A client was told that an attempt was not begun, and never will be. */
    public void refused(String id, long attempt) {
        String name = id + "#" + attempt;
        refused.add(name);
        for (int i = 0; i < entries.size(); i++) {
            for (LoggedRequest request : run(entries.get(i), steps.get(i))) {
                if (attempt(request) == attempt && State.id(request).equals(id)) {
                    broken("what was refused as not begun never runs", name + " ran at " + (i + 1));
                }
            }
        }
    }

    /** A client was told what its write came to. */
    public void answered(String id, WriteReply reply) {
        long index = reply.getIndex();
        if (index < 1 || index > entries.size()) {
            broken("an answer is of an entry that was applied", id + " was told index " + index);
            return;
        }
        Ran first = ran.get(id);
        if (first == null || first.index() != index) {
            broken("an answer is of the entry that ran the write", id + " was told " + index + ", it ran at " + first);
            return;
        }
        EntryOutcome outcome = steps.get((int) index - 1).outcome();
        if (outcome.replies().stream()
                .noneMatch(told ->
                        told.getAffectedCount() == reply.getAffectedCount() && told.hasError() == reply.hasError())) {
            broken("an answer tells what the write came to", id + " was told " + reply);
        }
        acknowledged = Math.max(acknowledged, index);
    }

    /** A strong read was answered. */
    public void read(String who, ByteString key, long index, List<ByteString> rows, long floor) {
        if (index < floor) {
            broken(
                    "a strong read sees what was answered before it began",
                    who + " saw index " + index + ", an answer before was of " + floor);
        }
        if (index > entries.size()) {
            broken("a strong read is of an index that was applied", who + " saw index " + index);
            return;
        }
        ByteString value = state(index).encoded(key);
        List<ByteString> expected = value == null ? List.of() : List.of(value);
        if (!expected.equals(rows)) {
            broken(
                    "a read gives the rows of its index",
                    who + " saw at " + index + " " + text(rows) + ", not " + text(expected));
        }
        acknowledged = Math.max(acknowledged, index);
    }

    /** In digits: what the bytes print themselves has the object's hash in it, which no two processes share. */
    private static List<String> text(List<ByteString> rows) {
        return rows.stream()
                .map(row -> HexFormat.of().formatHex(row.toByteArray()))
                .toList();
    }

    /** An answer was of a write that is at this index. */
    public void acknowledged(long index) {
        acknowledged = Math.max(acknowledged, index);
    }

    /** Transactions that are not over; empty when all are. */
    public String open() {
        Set<LogPlace> open = state(last()).transactions().keySet();
        return open.isEmpty() ? "" : open.toString();
    }

    /** Greatest index of any answer: whatever begins from now on must not be of an earlier one. */
    public long floor() {
        return acknowledged;
    }
}
