package io.shardeddb.operator.plan;

import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.Uid;

/** Members of a shard's group, by small numbers. */
final class Members {

    private Members() {}

    static Uid id(long number) {
        return Uid.newBuilder().setLow(number).build();
    }

    static String hex(long number) {
        return Uids.format(id(number));
    }

    static GroupMember member(String server, long number) {
        return GroupMember.newBuilder()
                .setServer(server)
                .setAddress(server + ":7000")
                .setMember(id(number))
                .build();
    }

    static ShardReplicaSpec recorded(String server, long number, MemberRole role) {
        return new ShardReplicaSpec(server, server + ":7000", hex(number), hex(99), role);
    }
}
