/**
 * The transactions that carry requests out and store their outcomes. States of a transaction: begun (the applied row is
 * locked), run, held open for more entries, committed or given up. Price: a packet that meets bad data is rolled back
 * and runs again, one request at a time.
 */
@NullMarked
package io.shardeddb.server.store.apply;

import org.jspecify.annotations.NullMarked;
