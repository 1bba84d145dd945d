package io.shardeddb.bench.workload;

import java.util.List;

/** One thing that a client asks for and waits for. Values are {@link Long} or {@link String}, as the column wants. */
public sealed interface Operation {

    /** What it counts as in results. */
    default Kind kind() {
        return switch (this) {
            case Insert _ -> Kind.INSERT;
            case Read _ -> Kind.READ;
            case Scan _ -> Kind.SCAN;
            case Update _ -> Kind.UPDATE;
            case ReadModifyWrite _ -> Kind.READ_MODIFY_WRITE;
            case Add _ -> Kind.ADD;
        };
    }

    /** How many rows it writes or looks for. */
    default int rows() {
        return switch (this) {
            case Insert insert -> insert.values().size();
            case Scan scan -> scan.limit();
            default -> 1;
        };
    }

    /** Kinds of operations. */
    enum Kind {
        INSERT,
        READ,
        SCAN,
        UPDATE,
        READ_MODIFY_WRITE,
        ADD
    }

    /**
     * New rows.
     *
     * @param first number of the first row in its {@link Population}
     * @param values of each row, all columns in the table's order
     */
    record Insert(long first, List<List<Object>> values) implements Operation {}

    /** One row by its key; it must be there. */
    record Read(long key) implements Operation {}

    /** Up to {@code limit} rows in key order. */
    record Scan(long from, int limit) implements Operation {}

    /** One column of one row gets a new value; the row must be there. */
    record Update(long key, int column, Object value) implements Operation {}

    /** Adds to a number of one row, whatever it is; the row must be there. */
    record Add(long key, int column, long amount) implements Operation {}

    /** Reads a row, then updates it. */
    record ReadModifyWrite(Read read, Update update) implements Operation {}
}
