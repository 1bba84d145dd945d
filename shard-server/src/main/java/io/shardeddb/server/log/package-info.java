/**
 * The one append-only log of a server, shared by all its groups: what each group has in it, the batches that become
 * durable together, and recovery. How it lies on disk is in {@code file}. States of a batch: being filled, written,
 * durable. Price: one force for each batch.
 */
@NullMarked
package io.shardeddb.server.log;

import org.jspecify.annotations.NullMarked;
