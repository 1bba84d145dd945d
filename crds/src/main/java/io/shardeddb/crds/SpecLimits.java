package io.shardeddb.crds;

/**
 * How much a spec may hold. An API server estimates what a CEL rule costs from these bounds before it accepts the definition: the rule
 * that compares each key column with each column of each table has to stay below ten million steps, of which a comparison takes 33.
 */
final class SpecLimits {

    /** Tables of a database. */
    static final int TABLES = 128;

    /** Columns of a table. */
    static final int COLUMNS = 256;

    /** Columns of a primary key. */
    static final int KEY_COLUMNS = 8;

    /** Secondary indexes of a table: each costs every write a share. */
    static final int INDEXES = 16;

    /** Columns of a secondary index. */
    static final int INDEX_COLUMNS = 8;

    /** Characters of a table's or column's name. */
    static final int NAME = 64;

    private SpecLimits() {}
}
