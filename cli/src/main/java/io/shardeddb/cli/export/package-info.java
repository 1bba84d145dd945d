/** {@code sdb export}: tables and collections to files, page by page, resumable and without doubles. */
@NullMarked
package io.shardeddb.cli.export;

import org.jspecify.annotations.NullMarked;
