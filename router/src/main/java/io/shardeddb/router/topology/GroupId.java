package io.shardeddb.router.topology;

import io.shardeddb.protocol.wire.Uid;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    // What a record would do, without the indirection that it has: each search for a leader uses this as its key.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GroupId id && high == id.high && low == id.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high ^ low * 31);
    }

    @Override
    public String toString() {
        return new UUID(high, low).toString();
    }
}
