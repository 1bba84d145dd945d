package io.shardeddb.router.topology;

import io.shardeddb.protocol.wire.Uid;
import java.util.UUID;

/** Identity of a shard's group: the uid of its Shard object. */
public record GroupId(long high, long low) {

    /** Reads a Kubernetes uid. @throws IllegalArgumentException when it is no UUID */
    public static GroupId of(String uid) {
        UUID uuid = UUID.fromString(uid);
        return new GroupId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    public static GroupId ofWire(Uid uid) {
        return new GroupId(uid.getHigh(), uid.getLow());
    }

    public Uid toWire() {
        return Uid.newBuilder().setHigh(high).setLow(low).build();
    }

    @Override
    public String toString() {
        return new UUID(high, low).toString();
    }
}
