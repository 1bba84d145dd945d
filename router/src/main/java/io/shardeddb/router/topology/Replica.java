package io.shardeddb.router.topology;

/**
 * A copy of a shard.
 *
 * @param server the server's name as given
 * @param address host:port of its gRPC endpoint
 */
public record Replica(String server, String address) {}
