package io.shardeddb.router.cut;

/**
 * What one shard shows.
 *
 * @param value rows, or the way to them
 * @param index of the log that they show
 */
public record CutView<V>(V value, long index) {}
