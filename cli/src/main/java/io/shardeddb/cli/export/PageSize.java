package io.shardeddb.cli.export;

/**
 * How many rows to ask for, so that a page has about {@value #TARGET_BYTES} bytes. It grows by doubling and shrinks at
 * once. Pure.
 *
 * @param rows from 1 to {@code most}
 * @param most never more rows than this
 */
record PageSize(int rows, int most) {

    /** A page has about so many bytes. */
    static final int TARGET_BYTES = 1 << 20;

    /** A page with more bytes is not taken, unless it is one row. */
    static final int MOST_BYTES = 8 << 20;

    /** One row is never longer than this as JSON. */
    static final int ROW_BYTES = 96 << 20;

    private static final int FIRST_ROWS = 64;

    /** The first size. */
    static PageSize first(int most) {
        return new PageSize(Math.min(FIRST_ROWS, most), most);
    }

    /** The size after a page that had so many rows and bytes. */
    PageSize after(int had, int bytes) {
        if (had == 0) {
            return this;
        }
        long wanted = TARGET_BYTES / Math.max(1, bytes / had);
        return new PageSize((int) Math.clamp(wanted, 1, Math.min(most, rows * 2L)), most);
    }

    /** The size after a page that was too long. */
    PageSize afterTooLong() {
        return new PageSize(Math.max(1, rows / 8), most);
    }

    /** So many bytes of an answer are taken. */
    int bytes() {
        return rows == 1 ? ROW_BYTES : MOST_BYTES;
    }
}
