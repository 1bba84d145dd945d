/**
 * Writes on their way into the log: they wait, are stamped, become an entry, and are answered. States of a write:
 * waiting, taken for a timestamp, proposed, answered. Price: a write waits for others that share its entry while
 * entries are on their way.
 */
@NullMarked
package io.shardeddb.server.group.propose;

import org.jspecify.annotations.NullMarked;
