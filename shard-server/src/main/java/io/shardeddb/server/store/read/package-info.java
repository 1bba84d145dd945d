/**
 * Reads: keys, pages, scans, and the views that they look through. States of a view: open, or ended because tables
 * change or rows go. Price: an open view keeps old versions of rows in the database until it is closed.
 */
@NullMarked
package io.shardeddb.server.store.read;

import org.jspecify.annotations.NullMarked;
