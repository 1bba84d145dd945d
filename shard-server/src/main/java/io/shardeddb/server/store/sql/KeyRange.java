package io.shardeddb.server.store.sql;

/**
 * The shape of a range over a primary key, without its values.
 *
 * @param fromColumns leading key columns that the lower bound gives; 0: no bound
 * @param fromExclusive whether the rows that begin with the lower bound are left out
 * @param toColumns leading key columns that the upper bound gives; 0: no bound
 * @param toExclusive whether the rows that begin with the upper bound are left out
 * @param descending greatest key first
 */
public record KeyRange(
        int fromColumns, boolean fromExclusive, int toColumns, boolean toExclusive, boolean descending) {}
