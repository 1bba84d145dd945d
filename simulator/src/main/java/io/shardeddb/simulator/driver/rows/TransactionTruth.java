package io.shardeddb.simulator.driver.rows;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PreparedRow;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.TransactionRecord;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.simulator.driver.schedule.RuleBroken;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What happened in all groups together, as an observer of everything knows it, and the rules that writes over several
 * groups must keep. {@code docs/transactions.md} says them in words.
 */
public final class TransactionTruth {
    private final Schedule schedule;
    private final Map<String, Attempt> attempts = new HashMap<>();
    /** The attempt that was decided, by the request. */
    private final Map<String, Attempt> decided = new HashMap<>();
    /** Requests of which a client was told that they are not done, and that it does not repeat. */
    private final Set<String> undone = new HashSet<>();
    /** Answered transactions, by the rows that they changed where they were prepared. */
    private final Map<RowAt, List<Attempt>> promised = new HashMap<>();

    /** Who gave a row a version: a condition on a version must mean one write. */
    private final Map<RowAt, Map<Long, String>> versions = new HashMap<>();

    private final WriteOrder order = new WriteOrder();
    private final CutTruth cuts;

    /** A row of a group. */
    record RowAt(String group, ByteString key) {}

    /** One try of a transaction. */
    private static final class Attempt {
        private final String name;
        private final Map<String, Part> parts = new HashMap<>();
        private String request = "";
        private String decider = "";
        private long index;
        private long version;

        Attempt(String name) {
            this.name = name;
        }

        boolean isDecided() {
            return version > 0;
        }
    }

    /** What one group has prepared of an attempt. */
    private static final class Part {
        private final long timestamp;
        private final Map<ByteString, @Nullable StoredRow> before = new HashMap<>();
        private final List<PreparedRow> rows;
        private long committed;
        private boolean released;

        Part(long timestamp, List<PreparedRow> rows) {
            this.timestamp = timestamp;
            this.rows = rows;
        }
    }

    /** Nothing has happened yet. */
    public TransactionTruth(Schedule schedule) {
        this.schedule = schedule;
        cuts = new CutTruth(schedule);
    }

    /** What reads of several groups must keep to. */
    public CutTruth cuts() {
        return cuts;
    }

    private void broken(String rule, String text) {
        schedule.broken(new RuleBroken(rule, text));
    }

    private Attempt attempt(RequestId id) {
        return attempts.computeIfAbsent(id.getClient() + "/" + id.getNumber(), Attempt::new);
    }

    /** An entry was applied for the first time anywhere. */
    void applied(String group, State before, List<LoggedRequest> requests, State.Step step) {
        for (int i = 0; i < requests.size(); i++) {
            WriteReply reply = step.outcome().replies().get(i);
            LoggedRequest request = requests.get(i);
            if (reply.hasError() || reply.getRepeated()) {
                continue;
            }
            switch (request.getTransaction().getStepCase()) {
                case PREPARE -> prepared(group, request, reply, step.state());
                case DECIDE -> decided(group, request, reply);
                case COMMIT -> committed(group, request, before, step.state());
                case RELEASE -> released(group, request);
                case STEP_NOT_SET -> wrote(State.id(request), group, reply, request.getOperationsList());
                default -> {}
            }
        }
        if (!step.state().applied().open() && before.applied().open()) {
            closed(group, step.state());
        }
    }

    private void closed(String group, State after) {
        if (after.transactions().values().stream().anyMatch(TransactionRecord::hasPrepared)) {
            broken("nothing is prepared where a shard is closed", group + " at " + after.index());
        }
    }

    private void wrote(String writer, String group, WriteReply reply, List<RowOperation> operations) {
        for (RowOperation operation : operations) {
            if (operation.getKind() != OperationKind.CHECK_RANGE) {
                cuts.wrote(writer, group, reply.getIndex());
                wrote(writer, new RowAt(group, operation.getKey()), reply.getIndex(), reply.getTimestamp());
            }
        }
    }

    private void wrote(String writer, RowAt row, long index, long version) {
        order.wrote(writer, row, index);
        String other = versions.computeIfAbsent(row, at -> new HashMap<>()).putIfAbsent(version, writer);
        if (other != null && !other.equals(writer)) {
            broken(
                    "two writes never give a row the same version",
                    writer + " and " + other + " in " + row.group() + " as " + version);
        }
    }

    private void prepared(String group, LoggedRequest request, WriteReply reply, State after) {
        Attempt attempt = attempt(request.getRequest());
        for (TransactionRecord record : after.transactions().values()) {
            PreparedTransaction prepared = record.getPrepared();
            if (record.hasPrepared() && attempt(prepared.getAttempt()) == attempt) {
                Part part = new Part(reply.getTimestamp(), prepared.getRowsList());
                for (PreparedRow row : part.rows) {
                    part.before.put(row.getKey(), after.rows().get(row.getKey()));
                }
                if (attempt.parts.putIfAbsent(group, part) != null) {
                    broken("an attempt is prepared once in a group", attempt.name + " again in " + group);
                }
            }
        }
    }

    private void decided(String group, LoggedRequest request, WriteReply reply) {
        DecideStep step = request.getTransaction().getDecide();
        Attempt attempt = attempt(step.getAttempt());
        attempt.request = State.id(request);
        attempt.decider = group;
        attempt.index = reply.getIndex();
        attempt.version = reply.getTimestamp();
        schedule.trace(() -> attempt.request + " is decided: " + attempt.name);
        Attempt other = decided.putIfAbsent(attempt.request, attempt);
        if (other != null) {
            broken("a request is decided once", attempt.request + " as " + other.name + " and as " + attempt.name);
        }
        if (undone.contains(attempt.request)) {
            broken("what was told as not done is never done", attempt.request);
        }
        for (Participant participant : step.getParticipantsList()) {
            String at = ConfigurationCodec.groupId(participant.getGroup()).toString();
            Part part = attempt.parts.get(at);
            if (part == null || part.released || part.committed > 0) {
                broken("all others are prepared when an attempt is decided", attempt.name + " is not in " + at);
            } else if (part.timestamp >= attempt.version) {
                broken(
                        "a transaction's version is above the timestamps of its prepares",
                        attempt.name + " has " + attempt.version + ", was prepared at " + part.timestamp);
            }
        }
        attempt.parts.forEach((at, part) -> {
            if (!part.rows.isEmpty()) {
                cuts.decided(attempt.request, at);
            }
        });
        wrote(attempt.request, group, reply, request.getOperationsList());
    }

    private void committed(String group, LoggedRequest request, State before, State after) {
        Attempt attempt = attempt(request.getRequest());
        Part part = attempt.parts.get(group);
        if (part == null || part.released || part.committed > 0) {
            return;
        }
        part.committed = after.index();
        if (!part.rows.isEmpty()) {
            cuts.wrote(attempt.request, group, after.index());
        }
        long version = request.getTransaction().getCommit().getVersion();
        if (!attempt.isDecided() || version != attempt.version) {
            broken("only what was decided is committed", attempt.name + " in " + group + " as " + version);
        }
        for (PreparedRow row : part.rows) {
            StoredRow present = before.rows().get(row.getKey());
            if (!Objects.equals(present, part.before.get(row.getKey()))) {
                broken("nobody changes a row that is locked", attempt.name + " in " + group);
            }
            wrote(attempt.request, new RowAt(group, row.getKey()), after.index(), version);
        }
    }

    private void released(String group, LoggedRequest request) {
        Attempt attempt = attempt(request.getRequest());
        Part part = attempt.parts.get(group);
        if (part != null && part.committed == 0) {
            part.released = true;
            if (attempt.isDecided()) {
                broken("what was decided is not released", attempt.name + " in " + group);
            }
        }
    }

    /** A request depends on how a row was at an index, or on that there was none. */
    public void looked(String request, String group, ByteString key, long index) {
        order.read(request, new RowAt(group, key), index);
    }

    /**
     * A client was told that its request is done.
     *
     * @return the decider's group; absent: it was not decided, which breaks a rule
     */
    public @Nullable String done(String request, long index) {
        Attempt attempt = decided.get(request);
        if (attempt == null || (index > 0 && index != attempt.index)) {
            broken("what was told as done was decided", request + " at " + index);
            return null;
        }
        attempt.parts.forEach((group, part) -> part.rows.forEach(
                row -> promised.computeIfAbsent(new RowAt(group, row.getKey()), at -> new ArrayList<>())
                        .add(attempt)));
        return attempt.decider;
    }

    /** Where it was decided. */
    public long decidedAt(String request) {
        return Objects.requireNonNull(decided.get(request)).index;
    }

    /** A client was told that its request is not done, and does not repeat it. */
    public void undone(String request) {
        undone.add(request);
        if (decided.containsKey(request)) {
            broken("what was told as not done is never done", request);
        }
    }

    /** How many transactions that changed a row were answered. */
    public int answered(String group, ByteString key) {
        return promised.getOrDefault(new RowAt(group, key), List.of()).size();
    }

    /**
     * A strong read of a row was answered.
     *
     * @param index that it saw
     * @param answered how many transactions of this row had been answered before it began
     */
    public void read(String group, ByteString key, long index, int answered) {
        List<Attempt> known = promised.getOrDefault(new RowAt(group, key), List.of());
        for (Attempt attempt : known.subList(0, answered)) {
            Part part = Objects.requireNonNull(attempt.parts.get(group));
            if (part.committed == 0 || part.committed > index) {
                broken(
                        "a strong read sees each write that was answered before it began",
                        "at " + index + " of " + group + " " + attempt.request + " is not yet committed");
            }
        }
    }

    /**
     * All is over.
     *
     * @param last states of all groups
     */
    public void end(List<State> last) {
        for (Attempt attempt : attempts.values()) {
            attempt.parts.forEach((group, part) -> {
                if (part.committed > 0 != attempt.isDecided()) {
                    broken(
                            "a write over several groups is done as a whole or not at all",
                            attempt.name + " in " + group);
                }
            });
        }
        long sum = 0;
        for (State state : last) {
            for (StoredRow row : state.rows().values()) {
                sum += row.row().get(SimTable.AMOUNT) instanceof Value.Int64(long amount) ? amount : 0;
            }
        }
        if (sum != 0) {
            broken("what is taken from one row is in another", "the sum of all is " + sum);
        }
        String circle = order.circle();
        if (!circle.isEmpty()) {
            broken("all writes can stand in one order", circle);
        }
    }
}
