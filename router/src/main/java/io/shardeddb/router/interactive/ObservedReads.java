package io.shardeddb.router.interactive;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.RangeChecksum;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.RangeCheck;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.topology.GroupId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a serializable transaction has read of its snapshot, so that its commit can check that all of it is still so. A
 * key is a range of one key: that it has no row is checked too. Pure; of one thread at a time.
 */
final class ObservedReads {

    /** Rows that a transaction may read, each time counted. */
    static final int MOST_ROWS = 10_000;

    /** Keys and ranges that it may read. */
    static final int MOST_RANGES = 1_000;

    /**
     * What one shard showed of a range.
     *
     * @param check as the shard takes it
     */
    record Observed(TableDefinition table, GroupId shard, RangeCheck check) {}

    private record SingleKey(TableDefinition table, GroupId shard, long version) {}

    private final Map<RowKey, SingleKey> keys = new LinkedHashMap<>();
    private final List<Observed> ranges = new ArrayList<>();
    private int rows;

    /**
     * A key was read.
     *
     * @param row what the snapshot has; {@code null}: nothing
     */
    void key(TableDefinition table, GroupId shard, Row key, @Nullable StoredRow row) {
        count(1);
        keys.put(new RowKey(table.name(), key), new SingleKey(table, shard, row == null ? 0 : row.version()));
    }

    /**
     * A part of a range was read in one shard.
     *
     * @param range what was looked at: all of it, whatever was given out
     * @param found the rows of it
     */
    void range(TableDefinition table, GroupId shard, KeyRange range, List<StoredRow> found) {
        count(found.size());
        RangeChecksum checksum = new RangeChecksum();
        found.forEach(row -> checksum.add(RowCodec.encode(table.keyOf(row.row())), row.version()));
        RangeCheck.Builder check = RangeCheck.newBuilder()
                .setFromExclusive(range.fromExclusive())
                .setToExclusive(range.toExclusive())
                .setRows(checksum.rows())
                .setChecksum(checksum.sum());
        Row from = range.from();
        Row to = range.to();
        if (from != null) {
            check.setFrom(RowCodec.encode(from));
        }
        if (to != null) {
            check.setTo(RowCodec.encode(to));
        }
        ranges.add(new Observed(table, shard, check.build()));
    }

    private void count(int more) {
        rows += more;
        if (rows > MOST_ROWS || keys.size() + ranges.size() >= MOST_RANGES) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    "a serializable transaction reads at most " + MOST_ROWS + " rows, by at most " + MOST_RANGES
                            + " keys and ranges; end it, and read less or with the level snapshot");
        }
    }

    /**
     * All that is to be checked, but for rows that the transaction writes: these are checked themselves.
     *
     * @param written what it writes
     */
    List<Observed> checks(List<BufferedRows.Written> written) {
        Set<RowKey> checkedAnyway = new HashSet<>();
        written.forEach(row -> checkedAnyway.add(new RowKey(row.table().name(), row.key())));
        List<Observed> checks = new ArrayList<>();
        keys.forEach((key, read) -> {
            if (!checkedAnyway.contains(key)) {
                ByteString bytes = RowCodec.encode(key.key());
                RangeChecksum checksum = new RangeChecksum();
                if (read.version() != 0) {
                    checksum.add(bytes, read.version());
                }
                checks.add(new Observed(
                        read.table(),
                        read.shard(),
                        RangeCheck.newBuilder()
                                .setFrom(bytes)
                                .setTo(bytes)
                                .setRows(checksum.rows())
                                .setChecksum(checksum.sum())
                                .build()));
            }
        });
        checks.addAll(ranges);
        return checks;
    }

    /** They are not needed any more. */
    void clear() {
        keys.clear();
        ranges.clear();
    }
}
