package io.shardeddb.router.topology;

import java.util.List;

/**
 * A server and the shards placed on it.
 *
 * @param name as given
 * @param shards names of its shards, in the order of their intervals
 */
public record ServerEntry(String name, List<String> shards) {

    public ServerEntry {
        shards = List.copyOf(shards);
    }
}
