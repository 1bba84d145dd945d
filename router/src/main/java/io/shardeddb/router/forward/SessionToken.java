package io.shardeddb.router.forward;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.router.topology.GroupId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client has seen: for each shard the greatest log index. A read that carries it is answered by a replica that
 * is at least as far.
 *
 * @param indexes by group
 */
public record SessionToken(Map<GroupId, Long> indexes) {

    /** Of a client that has seen nothing. */
    public static final SessionToken EMPTY = new SessionToken(Map.of());

    private static final int MAX_SHARDS = 4_096;

    public SessionToken {
        indexes = Map.copyOf(indexes);
    }

    /** The index that a read of this group must show; 0 for none. */
    public long minimum(GroupId group) {
        return indexes.getOrDefault(group, 0L);
    }

    /** With what another answer showed. */
    public SessionToken with(Map<GroupId, Long> seen) {
        if (seen.isEmpty()) {
            return this;
        }
        if (indexes.isEmpty()) {
            return new SessionToken(seen);
        }
        Map<GroupId, Long> merged = new HashMap<>(indexes);
        seen.forEach((group, index) -> merged.merge(group, index, Math::max));
        return new SessionToken(merged);
    }

    /** The text for a header; empty for an empty token. */
    public String text() {
        List<Value> values = new ArrayList<>(indexes.size() * 3);
        indexes.forEach((group, index) -> {
            values.add(new Value.Int64(group.high()));
            values.add(new Value.Int64(group.low()));
            values.add(new Value.Int64(index));
        });
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(RowCodec.encode(values).toByteArray());
    }

    /** Reads {@link #text()}. @throws IllegalArgumentException when it is none */
    public static SessionToken parse(String text) {
        Row row = RowCodec.decode(ByteString.copyFrom(Base64.getUrlDecoder().decode(text)));
        if (row.size() % 3 != 0 || row.size() / 3 > MAX_SHARDS) {
            throw new IllegalArgumentException("not a session token");
        }
        Map<GroupId, Long> indexes = new HashMap<>();
        for (int i = 0; i < row.size(); i += 3) {
            indexes.put(new GroupId(number(row.get(i)), number(row.get(i + 1))), number(row.get(i + 2)));
        }
        return new SessionToken(indexes);
    }

    private static long number(Value value) {
        if (value instanceof Value.Int64(long number)) {
            return number;
        }
        throw new IllegalArgumentException("not a session token");
    }
}
