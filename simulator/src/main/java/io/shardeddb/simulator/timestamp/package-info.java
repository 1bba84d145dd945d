/**
 * Whole timestamp services under one seed: crashes, lost disks, changed servers, and wrong variants that must be
 * noticed.
 */
@NullMarked
package io.shardeddb.simulator.timestamp;

import org.jspecify.annotations.NullMarked;
