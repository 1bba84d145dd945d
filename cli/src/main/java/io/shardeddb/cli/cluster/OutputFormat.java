package io.shardeddb.cli.cluster;

/** How a command answers. */
public enum OutputFormat {
    /** For a person. */
    TEXT,
    /** For a program: one JSON value per answer. */
    JSON
}
