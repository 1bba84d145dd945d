package io.shardeddb.server.store.request;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.ConditionalChange.Effect;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.FailedOperation;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.PreparedRow;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.protocol.wire.ShownRow;
import io.shardeddb.protocol.wire.ToldNumbers;
import io.shardeddb.server.store.state.StoredTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows that some requests touch, read once, changed in memory in the order of the log, and written once: a counter
 * that a hundred requests add to costs one update. The outcome of a request depends on the rows alone, so it is the
 * same on every replica, however entries are put together into transactions.
 *
 * <p>First {@link #wanted} says what to read, and {@link #found} takes it. Then each request is run. {@link #writes}
 * says what to write then.
 */
public final class RowCache {

    /**
     * Bytes of the rows that one request may look at in its shard, and that are read at once for several. A replica
     * that runs out of memory at an entry would do so again after each restart, and so would every other one.
     */
    public static final long MOST_BYTES = 16L << 20;

    /** A row by its table and the canonical bytes of its key. */
    private record Slot(StoredTable table, ByteString key) {}

    /**
     * A row as it is at a point of the log.
     *
     * @param row absent: there is none. Columns that nobody looks at stand as NULL in a row that was read
     * @param given whether a request gave all its values; else it was read, and only {@code touched} columns may be
     *     written
     * @param touched columns that differ from what is stored
     * @param operation that made it so, in its request
     */
    private record Image(@Nullable StoredRow row, boolean given, Set<Integer> touched, int operation) {
        private static final Image NONE = new Image(null, false, Set.of(), 0);
    }

    /** A row that is to be written as it is now, by which operation of the request that was run last. */
    public record Write(RowChange change, int operation) {}

    /** What is to be read of one table. */
    public record Wanted(StoredTable table, List<Integer> columns, List<Row> keys) {}

    private final Map<StoredTable, Set<Integer>> columns = new HashMap<>();
    private final Map<Slot, Row> keys = new LinkedHashMap<>();
    private final Map<Slot, Image> stored = new HashMap<>();
    private final Map<Slot, Image> now = new HashMap<>();
    private final Set<Slot> changed = new LinkedHashSet<>();

    /** @param works that run, in the order of the log */
    public RowCache(Collection<RequestWork> works) {
        for (RequestWork work : works) {
            for (RowChange change : work.changes()) {
                keys.put(slot(change), change.key());
            }
            reads(work)
                    .forEach((table, read) -> columns.computeIfAbsent(table, ignored -> new TreeSet<>())
                            .addAll(read));
        }
    }

    /**
     * Columns whose values a request needs, of each table that it needs any of. A row that is shown is needed as a
     * whole, and so is one that a transaction keeps and did not give as a whole.
     */
    private static Map<StoredTable, Set<Integer>> reads(RequestWork work) {
        boolean tells = work.rowsWanted() == RowsWanted.ROWS_WANTED_NUMBERS;
        boolean shows = work.rowsWanted() != RowsWanted.ROWS_WANTED_NONE && !tells;
        Map<StoredTable, Set<Integer>> reads = new HashMap<>();
        for (RowChange change : work.changes()) {
            boolean whole = shows || (work.isPrepare() && change.buildsOnRow());
            Collection<Integer> read = whole ? change.table().allColumns() : change.reads();
            if (!read.isEmpty()) {
                reads.computeIfAbsent(change.table(), ignored -> new TreeSet<>())
                        .addAll(read);
            }
            if (tells) {
                reads.computeIfAbsent(change.table(), ignored -> new TreeSet<>())
                        .addAll(RowNumbers.columns(change.table().definition()));
            }
        }
        return reads;
    }

    private static Slot slot(RowChange change) {
        return new Slot(change.table(), RowCodec.encode(change.key()));
    }

    /** What must be read first. */
    public List<Wanted> wanted() {
        Map<StoredTable, List<Row>> byTable = new LinkedHashMap<>();
        keys.forEach((slot, key) -> byTable.computeIfAbsent(slot.table(), table -> new ArrayList<>())
                .add(key));
        List<Wanted> wanted = new ArrayList<>();
        byTable.forEach((table, rows) ->
                wanted.add(new Wanted(table, List.copyOf(columns.getOrDefault(table, Set.of())), rows)));
        return wanted;
    }

    /**
     * Takes a row that was read.
     *
     * @param values of the columns that were wanted, in their order
     */
    public void found(Wanted wanted, Row key, Row values, long version) {
        TableDefinition table = wanted.table().definition();
        Value[] all = new Value[table.columns().size()];
        Arrays.fill(all, Value.NULL);
        for (int i = 0; i < table.keySize(); i++) {
            all[table.keyIndex(i)] = key.get(i);
        }
        for (int i = 0; i < values.size(); i++) {
            all[wanted.columns().get(i)] = values.get(i);
        }
        Image image = new Image(new StoredRow(new Row(List.of(all)), version), false, Set.of(), 0);
        Slot slot = new Slot(wanted.table(), RowCodec.encode(key));
        stored.put(slot, image);
        now.put(slot, image);
    }

    /**
     * Runs a request and sets its outcome. It fails where it looks at rows, or shows rows, of more than
     * {@link #MOST_BYTES} bytes.
     *
     * @param refused operations whose rows the database is known to refuse; they fail so
     */
    public void run(RequestWork work, Map<Integer, ErrorDetail> refused) {
        List<RowChange> changes = work.changes();
        long bytes = readBytes(work);
        int[] counts = new int[changes.size()];
        List<FailedOperation> failures = new ArrayList<>();
        List<ShownRow> shown = new ArrayList<>();
        List<ToldNumbers> told = new ArrayList<>();
        Map<Slot, Image> next = new LinkedHashMap<>();
        for (int i = 0; i < counts.length; i++) {
            RowChange change = changes.get(i);
            Slot slot = slot(change);
            Image present = next.getOrDefault(slot, now.getOrDefault(slot, Image.NONE));
            Image after = present;
            ErrorDetail error = refused.get(i);
            Effect effect = error == null ? change.on(present.row()) : new Effect.Nothing();
            switch (effect) {
                case Effect.Nothing ignored -> {}
                case Effect.Written(Row row) -> {
                    after = changed(present, change, row, i);
                    counts[i] = 1;
                }
                case Effect.Removed ignored -> {
                    after = new Image(null, false, Set.of(), i);
                    counts[i] = 1;
                }
                case Effect.Failed(ErrorCode code, String reason) ->
                    error = RequestWork.failure(code, reason, i, change.table().name());
            }
            if (error != null && !work.eachAlone()) {
                work.failed(error);
                return;
            }
            if (error != null) {
                failures.add(FailedOperation.newBuilder()
                        .setOperation(i)
                        .setError(error)
                        .build());
            }
            if (counts[i] > 0) {
                next.put(slot, after);
            }
            bytes += show(work.rowsWanted(), present, after, shown::add);
            if (work.rowsWanted() == RowsWanted.ROWS_WANTED_NUMBERS) {
                told.add(RowNumbers.told(change.table().definition(), present.row(), after.row()));
            }
            if (bytes > MOST_BYTES) {
                work.failed(tooLarge());
                return;
            }
        }
        work.succeeded(counts, failures, shown);
        work.told(told);
        now.putAll(next);
        changed.addAll(next.keySet());
    }

    private static Image changed(Image present, RowChange change, Row row, int operation) {
        StoredRow made = new StoredRow(row, change.timestamp());
        if (present.row() == null || change.givesWholeRow()) {
            return new Image(made, true, Set.of(), operation);
        }
        Set<Integer> touched = new TreeSet<>(present.touched());
        touched.addAll(change.sets());
        return new Image(made, present.given(), touched, operation);
    }

    /**
     * Bytes of the rows that a request looks at, as they are now: each row once, and of it the columns that this
     * request needs.
     */
    private long readBytes(RequestWork work) {
        Map<StoredTable, Set<Integer>> reads = reads(work);
        if (reads.isEmpty()) {
            return 0;
        }
        Set<Slot> seen = new HashSet<>();
        long bytes = 0;
        for (RowChange change : work.changes()) {
            Set<Integer> read = reads.get(change.table());
            Slot slot = slot(change);
            StoredRow row = now.getOrDefault(slot, Image.NONE).row();
            if (read != null && row != null && seen.add(slot)) {
                for (int column : read) {
                    bytes += Value.memoryBytes(row.row().get(column));
                }
            }
        }
        return bytes;
    }

    /** The outcome of a request that would need more memory than every replica is sure to have. */
    public static ErrorDetail tooLarge() {
        return new DatabaseException(
                        ErrorCode.TOO_LARGE,
                        "a write looks at rows of more than " + MOST_BYTES
                                + " bytes in one shard, which is the most; nothing was changed")
                .toWire();
    }

    /** Shows a row where that is wanted, and returns its bytes. */
    private static long show(RowsWanted wanted, Image before, Image after, Consumer<ShownRow> shown) {
        if (wanted != RowsWanted.ROWS_WANTED_BEFORE && wanted != RowsWanted.ROWS_WANTED_AFTER) {
            return 0;
        }
        StoredRow row = wanted == RowsWanted.ROWS_WANTED_BEFORE ? before.row() : after.row();
        ShownRow.Builder wire = ShownRow.newBuilder();
        if (row != null) {
            wire.setRow(RowCodec.encode(row.row())).setVersion(row.version());
        }
        shown.accept(wire.build());
        return wire.getRow().size();
    }

    /** The whole numbers of rows: short, so that they can be kept with the record of a request. */
    private static final class RowNumbers {

        private RowNumbers() {}

        static List<Integer> columns(TableDefinition table) {
            List<Integer> columns = new ArrayList<>();
            for (int column = 0; column < table.columns().size(); column++) {
                ColumnType type = table.column(column).type();
                if (type instanceof IntegerType || type instanceof NumberType) {
                    columns.add(column);
                }
            }
            return columns;
        }

        /** What an answer tells of a row before and after an operation. */
        static ToldNumbers told(TableDefinition table, @Nullable StoredRow before, @Nullable StoredRow after) {
            ToldNumbers.Builder told = ToldNumbers.newBuilder();
            if (before != null) {
                told.setBefore(numbers(table, before)).setVersionBefore(before.version());
            }
            if (after != null) {
                told.setAfter(numbers(table, after));
            }
            return told.build();
        }

        private static ByteString numbers(TableDefinition table, StoredRow row) {
            return RowCodec.encode(columns(table).stream().map(row.row()::get).toList());
        }
    }

    /** What is to be written so that the database has the rows as they are now. No two writes are of one row. */
    public List<Write> writes() {
        List<Write> writes = new ArrayList<>();
        for (Slot slot : changed) {
            Image image = now.getOrDefault(slot, Image.NONE);
            StoredRow row = image.row();
            boolean there = stored.getOrDefault(slot, Image.NONE).row() != null;
            if (row != null) {
                writes.add(new Write(kept(slot, image, row), image.operation()));
            } else if (there) {
                writes.add(new Write(write(slot, OperationKind.DELETE, Row.of(), List.of(), 0), image.operation()));
            }
        }
        return writes;
    }

    private RowChange kept(Slot slot, Image image, StoredRow row) {
        if (image.given()) {
            return write(slot, OperationKind.UPSERT, row.row(), List.of(), row.version());
        }
        List<Integer> touched = List.copyOf(image.touched());
        Row values = new Row(touched.stream().map(row.row()::get).toList());
        return write(slot, OperationKind.UPDATE, values, touched, row.version());
    }

    private RowChange write(Slot slot, OperationKind kind, Row row, List<Integer> touched, long version) {
        Row key = Objects.requireNonNull(keys.get(slot));
        return new RowChange(kind, slot.table(), row, key, touched, false, version, List.of(), List.of());
    }

    /**
     * The rows that a prepare touched, as it leaves them: after it has run, and before it is undone. Each key once, in
     * the order of the operations.
     */
    public List<PreparedRow> prepared(RequestWork work) {
        Map<Slot, PreparedRow> rows = new LinkedHashMap<>();
        for (RowChange change : work.changes()) {
            Slot slot = slot(change);
            PreparedRow.Builder row = PreparedRow.newBuilder()
                    .setTable(slot.table().name())
                    .setKey(slot.key())
                    .setUnchanged(!changed.contains(slot));
            StoredRow left = now.getOrDefault(slot, Image.NONE).row();
            if (left != null && !row.getUnchanged()) {
                row.setRow(RowCodec.encode(left.row()));
            }
            rows.put(slot, row.build());
        }
        return List.copyOf(rows.values());
    }

    /** What was to be written is written. */
    public void written() {
        for (Slot slot : changed) {
            Image image = now.getOrDefault(slot, Image.NONE);
            Image kept = new Image(image.row(), image.given(), Set.of(), 0);
            stored.put(slot, kept);
            now.put(slot, kept);
        }
        changed.clear();
    }

    /** What was to be written is not: the rows are as they were stored. */
    public void undone() {
        changed.forEach(slot -> now.put(slot, stored.getOrDefault(slot, Image.NONE)));
        changed.clear();
    }
}
