package io.shardeddb.router.topology;

import io.shardeddb.protocol.keyspace.Interval;
import java.util.List;

/**
 * A shard as the Kubernetes objects describe it.
 *
 * @param name as given
 * @param group identity of its group
 * @param interval positions it owns, as far as known; the servers have the last word
 * @param epoch of that interval
 * @param replicas where its copies are, leader or not
 */
public record ShardEntry(String name, GroupId group, Interval interval, long epoch, List<Replica> replicas) {

    public ShardEntry {
        replicas = List.copyOf(replicas);
    }

    /** The name of the server at an address; the address itself where no copy of the shard is known to be. */
    public String serverAt(String address) {
        for (Replica replica : replicas) {
            if (replica.address().equals(address)) {
                return replica.server();
            }
        }
        return address;
    }
}
