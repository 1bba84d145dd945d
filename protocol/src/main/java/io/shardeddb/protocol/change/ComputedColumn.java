package io.shardeddb.protocol.change;

/**
 * A column that a change computes.
 *
 * @param column in table order, from 0; no part of the primary key
 * @param expression makes the next value
 */
public record ComputedColumn(int column, Expression expression) {}
