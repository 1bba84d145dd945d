package io.shardeddb.cli.output;

/** How a command that reads shows records: rows, documents, keys. */
public enum RecordFormat {
    /** Columns for a person. */
    TABLE,
    /** One JSON value in each line. */
    JSON,
    /** One YAML document for each record. */
    YAML,
    /** Comma-separated values with a heading. */
    CSV
}
