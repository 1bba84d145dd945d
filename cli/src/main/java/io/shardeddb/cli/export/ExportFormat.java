package io.shardeddb.cli.export;

/** What an exported file holds. */
enum ExportFormat {
    /** One JSON object in each line. */
    JSON,
    /** Comma-separated values; the first line names the columns. */
    CSV
}
