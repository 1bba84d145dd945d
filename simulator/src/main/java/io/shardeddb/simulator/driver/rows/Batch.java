package io.shardeddb.simulator.driver.rows;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.RangeChecksum;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.RequestRecords;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.TransactionRecord;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.request.BatchPreparation;
import io.shardeddb.server.store.request.EntryWork;
import io.shardeddb.server.store.request.LoggedTime;
import io.shardeddb.server.store.request.RequestPlan;
import io.shardeddb.server.store.request.RequestWork;
import io.shardeddb.server.store.request.RowCache;
import io.shardeddb.server.store.request.RowChange;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.transaction.LogPlace;
import io.shardeddb.server.store.transaction.OpenTransactions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Entries that are run in one transaction of the database. What they come to is decided by the classes of {@code
 * server.store.request}; here is only what production does in SQL.
 */
public final class Batch {
    private final State base;
    private final Memory memory;
    private final Observer observer;
    private final Breach breach;
    private BatchPreparation preparation;
    private State now;

    /** Sees each step, and may know it already. */
    public interface Observer {
        /**
         * An entry was run.
         *
         * @return the step to go on with: what is equal may be the same object
         */
        State.Step ran(State before, CommittedEntry entry, State.Step step);
    }

    /** An entry that is prepared, with what was so then. */
    private record Prepared(
            EntryWork work,
            RequestPlan.Ownership ownership,
            @Nullable ByteString configuration,
            long configurationIndex,
            long timestamp,
            long floor,
            long count,
            Map<LogPlace, @Nullable TransactionRecord> changes) {}

    /**
     * Nothing has run yet.
     *
     * @param base what is stored
     * @param memory of the same
     * @param breach what is done wrong
     */
    public Batch(State base, Memory memory, Observer observer, Breach breach) {
        this.breach = breach;
        this.base = base;
        this.memory = memory;
        this.observer = observer;
        now = base;
        preparation = preparation(memory.open());
    }

    /** For what comes next. */
    private BatchPreparation preparation(OpenTransactions open) {
        return new BatchPreparation(now.row(), SimTable.STORED, memory.window(), Map.of(), now::records, open);
    }

    /** After the last entry that has run. */
    public State now() {
        return now;
    }

    /** It is committed. */
    public void stored() {
        memory.stored();
    }

    /** Runs entries that follow. */
    public List<State.Step> run(List<CommittedEntry> entries) {
        List<State.Step> steps = new ArrayList<>();
        List<Prepared> group = new ArrayList<>();
        try {
            for (CommittedEntry logged : entries) {
                CommittedEntry entry = breach.entry(logged);
                boolean hides = breach.hidesPrepared(entry);
                if (hides || (breach != Breach.BLINDLY && preparation.dependsOnUnrun(entry))) {
                    run(group, steps);
                    group.clear();
                }
                if (hides) {
                    preparation = preparation(new OpenTransactions());
                    run(List.of(prepare(entry)), steps);
                    preparation = preparation(memory.open());
                } else {
                    group.add(prepare(entry));
                }
            }
            run(group, steps);
        } catch (SQLException e) {
            throw new IllegalStateException("rows in memory take everything", e);
        }
        return steps;
    }

    private Prepared prepare(CommittedEntry entry) throws SQLException {
        EntryWork work = preparation.prepare(entry);
        return new Prepared(
                work,
                preparation.ownership(),
                preparation.configuration(),
                preparation.configurationIndex(),
                preparation.timestamp(),
                memory.window().floor(),
                memory.window().count(),
                new LinkedHashMap<>(memory.open().changes()));
    }

    private void run(List<Prepared> group, List<State.Step> steps) throws SQLException {
        List<RequestWork> works = group.stream()
                .flatMap(each -> each.work().requests().stream())
                .filter(RequestWork::mustRun)
                .toList();
        RowCache cache = new RowCache(works);
        for (RowCache.Wanted wanted : cache.wanted()) {
            read(cache, wanted);
        }
        List<SortedMap<ByteString, StoredRow>> rows = new ArrayList<>();
        SortedMap<ByteString, StoredRow> present = now.rows();
        for (Prepared each : group) {
            present = run(each.work(), cache, present);
            rows.add(present);
        }
        for (RequestWork work : works) {
            if (work.isPrepare()) {
                rehearse(work, cache, present);
            }
        }
        preparation.ran(
                group.stream().flatMap(each -> each.work().requests().stream()).toList());
        for (int i = 0; i < group.size(); i++) {
            Prepared each = group.get(i);
            State.Step step = step(each, rows.get(i), changes(group.getFirst(), each));
            step = observer.ran(now, each.work().entry(), step);
            now = step.state();
            steps.add(step);
        }
    }

    /**
     * What an entry and those before it have changed of the open transactions. What was prepared or decided became
     * known when the group ran; nothing of the group ends it, since that would depend on it.
     */
    private Map<LogPlace, @Nullable TransactionRecord> changes(Prepared first, Prepared last) {
        long from = first.work().entry().index();
        long to = last.work().entry().index();
        Map<LogPlace, @Nullable TransactionRecord> changes = new LinkedHashMap<>(last.changes());
        memory.open().changes().forEach((place, record) -> {
            if (record != null && place.index() >= from && place.index() <= to) {
                changes.put(place, record);
            }
        });
        return changes;
    }

    private void read(RowCache cache, RowCache.Wanted wanted) {
        for (Row key : wanted.keys()) {
            StoredRow found = now.rows().get(RowCodec.encode(key));
            if (found != null) {
                Row values =
                        new Row(wanted.columns().stream().map(found.row()::get).toList());
                cache.found(wanted, key, values, found.version());
            }
        }
    }

    private static SortedMap<ByteString, StoredRow> run(
            EntryWork entry, RowCache cache, SortedMap<ByteString, StoredRow> before) {
        SortedMap<ByteString, StoredRow> rows = new TreeMap<>(before);
        for (RequestWork work : entry.requests()) {
            if (work.mustRun() && !work.isPrepare()) {
                if (!work.checks().isEmpty()) {
                    // They are judged by what is written.
                    write(cache, rows);
                    check(work, rows);
                }
                if (work.mustRun()) {
                    cache.run(work, Map.of());
                }
            }
        }
        write(cache, rows);
        return rows;
    }

    private static void check(RequestWork work, SortedMap<ByteString, StoredRow> rows) {
        for (RequestPlan.CheckedRange check : work.checks()) {
            RangeChecksum found = new RangeChecksum();
            TableDefinition table = check.table().definition();
            rows.forEach((key, row) -> {
                if (check.range().contains(table, RowCodec.decode(key, table.keySize()))) {
                    found.add(key, row.version());
                }
            });
            if (!check.holds(found)) {
                work.failed(check.failure());
                return;
            }
        }
    }

    /** What prepares runs last, as in production, and leaves the rows as they are. */
    private static void rehearse(RequestWork work, RowCache cache, SortedMap<ByteString, StoredRow> rows) {
        check(work, rows);
        if (!work.mustRun()) {
            return;
        }
        cache.run(work, Map.of());
        if (work.hasSucceeded()) {
            work.prepared(cache.prepared(work));
        }
        cache.undone();
    }

    private static void write(RowCache cache, SortedMap<ByteString, StoredRow> rows) {
        for (RowCache.Write write : cache.writes()) {
            RowChange change = write.change();
            ByteString key = RowCodec.encode(change.key());
            switch (change.kind()) {
                case DELETE -> rows.remove(key);
                case UPDATE -> {
                    StoredRow present = Objects.requireNonNull(rows.get(key));
                    List<Value> values = new ArrayList<>(present.row().values());
                    for (int i = 0; i < change.columns().size(); i++) {
                        values.set(change.columns().get(i), change.row().get(i));
                    }
                    rows.put(key, new StoredRow(new Row(values), change.timestamp()));
                }
                default -> rows.put(key, new StoredRow(change.row(), change.timestamp()));
            }
        }
        cache.written();
    }

    private State.Step step(
            Prepared each, SortedMap<ByteString, StoredRow> rows, Map<LogPlace, @Nullable TransactionRecord> changes) {
        CommittedEntry entry = each.work().entry();
        AppliedRow before = now.row();
        AppliedRow row = new AppliedRow(
                entry.index(),
                entry.term(),
                before.memberId(),
                before.bootCounter(),
                each.timestamp(),
                before.schemaVersion(),
                each.ownership().interval(),
                each.ownership().epoch(),
                each.ownership().open(),
                each.work().hashInto(before.stateHash()),
                each.configurationIndex(),
                each.floor(),
                each.count());
        RequestRecords records = each.work().records();
        LoggedCommand command = entry.command();
        State.Remembered remembered = records.getRecordsCount() == 0
                ? now.remembered()
                : new State.Remembered(
                        entry.index(),
                        LoggedTime.millis(Objects.requireNonNull(command).getTimestamp()),
                        records,
                        now.remembered());
        ByteString configuration = each.configuration();
        State state = new State(
                row,
                configuration == null ? base.configuration() : configuration,
                rows,
                remembered,
                transactions(changes));
        return new State.Step(state, each.work().outcome(checksums(each.work(), rows)));
    }

    private Map<LogPlace, TransactionRecord> transactions(Map<LogPlace, @Nullable TransactionRecord> changes) {
        if (changes.isEmpty()) {
            return base.transactions();
        }
        Map<LogPlace, TransactionRecord> next = new HashMap<>(base.transactions());
        changes.forEach((place, record) -> {
            if (record == null) {
                next.remove(place);
            } else {
                next.put(place, record);
            }
        });
        return next;
    }

    private static List<TableChecksum> checksums(EntryWork work, SortedMap<ByteString, StoredRow> rows) {
        return work.isMark()
                ? List.of(TableChecksum.newBuilder()
                        .setTable(SimTable.NAME)
                        .setRows(rows.size())
                        .setLow(rows.hashCode())
                        .build())
                : List.of();
    }
}
