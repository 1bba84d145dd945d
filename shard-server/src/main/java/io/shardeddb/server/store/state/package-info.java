/**
 * What a replica's schema keeps next to the users' rows, and the tables as they are: the applied row, the definition in
 * force, the mark of a copy. States of a schema: empty, begun copy, complete copy, in force. Price: each transaction
 * locks the applied row, so one applies at a time.
 */
@NullMarked
package io.shardeddb.server.store.state;

import org.jspecify.annotations.NullMarked;
