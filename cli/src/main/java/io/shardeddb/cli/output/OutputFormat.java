package io.shardeddb.cli.output;

/** How a command answers. */
public enum OutputFormat {
    /** For a person. */
    TEXT,
    /** For a program: one JSON value per answer. */
    JSON
}
