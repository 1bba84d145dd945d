/**
 * Entries that a database refuses, and the verdicts that decide about them for all. States of an entry: not refused,
 * refused here (tried again with pauses), with a verdict on its way, with a committed verdict. Price: applying waits
 * there, at least for a round of heartbeats.
 */
@NullMarked
package io.shardeddb.server.group.verdict;

import org.jspecify.annotations.NullMarked;
