package io.shardeddb.crds;

import io.shardeddb.crds.collections.CollectionIndexSpec;

/**
 * How much a spec may hold. An API server estimates what a CEL rule costs from these bounds before it accepts the
 * definition. The costliest rule compares each key column with each column of each table. It has to stay below ten
 * million steps, and a comparison takes 33.
 */
public final class SpecLimits {

    /** Copies of a shard: a set of voters has no more. */
    public static final int REPLICAS = 63;

    /** Copies that may fail while writes are committed by the others: the greatest tolerance of so many. */
    public static final int FAULT_TOLERANCE = (REPLICAS - 1) / 2;

    /** Tables of a database; collections and key-value spaces count. */
    public static final int TABLES = 128;

    /** Columns of a table. */
    static final int COLUMNS = 256;

    /** Columns of a primary key. */
    static final int KEY_COLUMNS = 8;

    /** Secondary indexes of a table: each costs every write a share. */
    static final int INDEXES = CollectionIndexSpec.MOST;

    /** Columns of a secondary index. */
    static final int INDEX_COLUMNS = 8;

    /** Characters of a table's or column's name. */
    static final int NAME = 64;

    /** Characters of the name of a table with a JSON column, which a collection's is. */
    static final int NAME_WITH_JSON = 56;

    private SpecLimits() {}
}
