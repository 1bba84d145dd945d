package io.shardeddb.router.http.adaptive;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.json.JsonInput;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The body of /select-quorum and /elect-leader; empty and unknown members are fine.
 *
 * @param shard the shard meant; null when none was named
 * @param excluded servers that are not to be elected
 * @param onlyAsking whether nothing is to be changed, even where a shard is named
 */
record AdaptiveRequest(@Nullable String shard, Set<String> excluded, boolean onlyAsking) {

    /** Reads a body. */
    static AdaptiveRequest parse(byte[] body) {
        Object value = body.length == 0 ? Map.of() : JsonInput.<@Nullable Object>read(body, JsonInput::nextValue);
        if (!(value instanceof Map<?, ?> members)) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "the body must be a JSON object");
        }
        Object shard = members.get("shard");
        if (shard != null && !(shard instanceof String)) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "shard must be the name of a shard");
        }
        Set<String> excluded = new HashSet<>();
        Object servers = members.get("exclude_replicas");
        if (servers != null) {
            if (!(servers instanceof List<?> list)) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST, "exclude_replicas must be a list of names of servers");
            }
            list.forEach(server -> excluded.add(String.valueOf(server)));
        }
        Object dryRun = members.get("dry_run");
        if (dryRun != null && !(dryRun instanceof Boolean)) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "dry_run must be true or false");
        }
        return new AdaptiveRequest((String) shard, excluded, Boolean.TRUE.equals(dryRun));
    }

    /** Whether the leadership of a shard is to go elsewhere, and not only to be spoken of. */
    boolean handsOver() {
        return shard != null && !onlyAsking;
    }

    /** The shard meant, or the first one. */
    ShardEntry shardOf(Topology topology) {
        if (topology.shards().isEmpty()) {
            throw new DatabaseException(ErrorCode.NOT_INITIALISED, "No replicas available");
        }
        String wanted = shard;
        if (wanted == null) {
            return topology.shards().getFirst();
        }
        return topology.shards().stream()
                .filter(each -> each.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "there is no shard " + wanted + "; there are "
                                + topology.shards().stream()
                                        .map(ShardEntry::name)
                                        .collect(Collectors.joining(", "))));
    }
}
