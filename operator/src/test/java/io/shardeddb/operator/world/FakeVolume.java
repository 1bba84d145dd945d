package io.shardeddb.operator.world;

import io.shardeddb.protocol.wire.TimestampState;
import io.shardeddb.protocol.wire.Uid;
import java.util.HashMap;
import java.util.Map;

/** What stands on one server's volume: its identity, and the member of each group. */
final class FakeVolume {

    final Uid id;
    final Map<Uid, Uid> members = new HashMap<>();
    TimestampState timestamps = TimestampState.getDefaultInstance();
    long boots;

    FakeVolume(Uid id) {
        this.id = id;
    }
}
