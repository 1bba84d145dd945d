package io.shardeddb.router.interactive;

import static io.shardeddb.router.interactive.Students.TABLE;
import static io.shardeddb.router.interactive.Students.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.route.KeyRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ranges as a transaction sees them, against a sorted map. */
class RangeOverlayTest {
    private static final int KEYS = Students.SHARDS * Students.SIZE;

    private final Random random = new Random(7);

    private @Nullable Row bound() {
        return random.nextInt(4) == 0 ? null : key(random.nextInt(KEYS));
    }

    @Test
    void showsTheSnapshotUnderItsOwnWrites() {
        for (int round = 0; round < 2_000; round++) {
            TreeMap<Long, StoredRow> snapshot = new TreeMap<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                long id = random.nextInt(KEYS);
                snapshot.put(id, Students.stored(id, 1, 1 + id));
            }
            BufferedRows written = new BufferedRows(new Budget());
            TreeMap<Long, Row> expected = new TreeMap<>();
            snapshot.forEach((id, row) -> expected.put(id, row.row()));
            for (int i = random.nextInt(20); i > 0; i--) {
                write(random.nextInt(KEYS), snapshot, written, expected);
            }
            KeyRange range =
                    new KeyRange(bound(), random.nextBoolean(), bound(), random.nextBoolean(), random.nextBoolean());
            check(range, 1 + random.nextInt(12), snapshot, written, expected);
        }
    }

    private void write(long id, Map<Long, StoredRow> snapshot, BufferedRows written, Map<Long, Row> expected) {
        RowOperation.Builder operation = random.nextBoolean() ? Students.upsert(id, 2) : Students.delete(id);
        written.apply(Students.operations(operation), key -> snapshot.get(Students.id(key.key())), changed -> {});
        if (operation.getKey().isEmpty()) {
            expected.put(id, Students.row(id, 2));
        } else {
            expected.remove(id);
        }
    }

    private static void check(
            KeyRange range, int limit, Map<Long, StoredRow> snapshot, BufferedRows written, Map<Long, Row> expected) {
        Comparator<Row> order = range.descending()
                ? Comparator.comparingLong(Students::id).reversed()
                : Comparator.comparingLong(Students::id);
        List<Row> all = expected.values().stream()
                .filter(row -> range.contains(TABLE, TABLE.keyOf(row)))
                .sorted(order)
                .toList();
        List<StoredRow> stored = snapshot.values().stream()
                .filter(row -> range.contains(TABLE, TABLE.keyOf(row.row())))
                .sorted(Comparator.comparing(StoredRow::row, order))
                .toList();
        RangeOverlay overlay = new RangeOverlay(TABLE, range, limit, written);
        overlay.read(sources(stored));

        assertThat(overlay.rows()).isEqualTo(all.subList(0, Math.min(limit, all.size())));
        assertThat(overlay.more()).isEqualTo(all.size() > limit);
        // What it saw of the snapshot is all that the snapshot has there: else a commit would check something else.
        List<StoredRow> taken = new ArrayList<>();
        for (int shard = 0; shard < Students.SHARDS; shard++) {
            taken.addAll(overlay.taken(Students.group(shard)));
        }
        KeyRange seen = overlay.seen();
        assertThat(taken)
                .containsExactlyInAnyOrderElementsOf(stored.stream()
                        .filter(row -> seen.contains(TABLE, TABLE.keyOf(row.row())))
                        .toList());
        assertThat(overlay.rows()).allMatch(row -> seen.contains(TABLE, TABLE.keyOf(row)));
    }

    private static Iterator<RangeOverlay.Source> sources(List<StoredRow> rows) {
        return rows.stream()
                .map(row -> new RangeOverlay.Source(Students.groupOf(Students.id(row.row())), row))
                .iterator();
    }
}
