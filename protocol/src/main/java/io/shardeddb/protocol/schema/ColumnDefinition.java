package io.shardeddb.protocol.schema;

/**
 * One column of a table.
 *
 * @param name an identifier, see {@link Identifiers}
 * @param type what it holds
 * @param nullable whether it may be NULL; never for columns of the primary key
 */
public record ColumnDefinition(String name, ColumnType type, boolean nullable) {}
