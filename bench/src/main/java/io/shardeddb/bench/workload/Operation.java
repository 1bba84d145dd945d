package io.shardeddb.bench.workload;

import java.util.List;

/** One thing that a client asks for and waits for. Values are {@link Long} or {@link String}, as the column wants. */
public sealed interface Operation {

    /** What it counts as in results. */
    Kind kind();

    /** How many rows it writes or looks for. */
    default int rows() {
        return 1;
    }

    /** Kinds of operations. */
    enum Kind {
        INSERT,
        READ,
        SCAN,
        UPDATE,
        READ_MODIFY_WRITE
    }

    /**
     * New rows.
     *
     * @param first number of the first row in its {@link Population}
     * @param values of each row, all columns in the table's order
     */
    record Insert(long first, List<List<Object>> values) implements Operation {
        @Override
        public Kind kind() {
            return Kind.INSERT;
        }

        @Override
        public int rows() {
            return values.size();
        }
    }

    /** One row by its key; it must be there. */
    record Read(long key) implements Operation {
        @Override
        public Kind kind() {
            return Kind.READ;
        }
    }

    /** Up to {@code limit} rows in key order. */
    record Scan(long from, int limit) implements Operation {
        @Override
        public Kind kind() {
            return Kind.SCAN;
        }

        @Override
        public int rows() {
            return limit;
        }
    }

    /** One column of one row gets a new value; the row must be there. */
    record Update(long key, int column, Object value) implements Operation {
        @Override
        public Kind kind() {
            return Kind.UPDATE;
        }
    }

    /** Reads a row, then updates it. */
    record ReadModifyWrite(Read read, Update update) implements Operation {
        @Override
        public Kind kind() {
            return Kind.READ_MODIFY_WRITE;
        }
    }
}
