package io.shardeddb.bench.workload;

import java.util.ArrayList;
import java.util.List;

/**
 * A table under load. Its first column is the primary key, a whole number.
 *
 * @param columns the key's first
 */
public record Table(String name, List<Column> columns) {

    /** Keys of the tables made here lie in 0 to 2^KEY_BITS - 1. */
    public static final int KEY_BITS = 40;

    /**
     * A column.
     *
     * @param number whole numbers, else text
     * @param length of the texts that a workload writes; 0 for numbers
     */
    public record Column(String name, boolean number, int length) {}

    public Table {
        columns = List.copyOf(columns);
        if (columns.isEmpty() || !columns.getFirst().number()) {
            throw new IllegalArgumentException("the first column of " + name + " must be the key, a number");
        }
    }

    /** The table of the sharding assignment: number, name, marks. */
    public static Table students() {
        return new Table(
                "StudT",
                List.of(
                        new Column("Stud_id", true, 0),
                        new Column("Stud_name", false, 14),
                        new Column("Stud_marks", true, 0)));
    }

    /** The table of the Yahoo! Cloud Serving Benchmark: ten fields of 100 characters; the key is a number here. */
    public static Table userTable() {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("ycsb_key", true, 0));
        for (int i = 0; i < 10; i++) {
            columns.add(new Column("field" + i, false, 100));
        }
        return new Table("usertable", columns);
    }

    /** The key's column. */
    public Column key() {
        return columns.getFirst();
    }
}
