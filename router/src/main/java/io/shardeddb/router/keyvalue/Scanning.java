package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.topology.GroupId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One answer of a scan: it goes on over what has expired until it has keys enough, within bounds. */
final class Scanning {

    /** Parts of a range that one answer looks at, at most. */
    private static final int MOST_PARTS = 16;

    private final SpaceReads reads;
    private final String space;
    private final KeyScan scan;
    private final Space.Fetched fetched;
    private final ReadOptions options;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<GroupId, Long> indexes = new HashMap<>();
    private long bytes;

    Scanning(SpaceReads reads, String space, KeyScan scan, Space.Fetched fetched, ReadOptions options) {
        this.reads = reads;
        this.space = space;
        this.scan = scan;
        this.fetched = fetched;
        this.options = options;
    }

    CompletableFuture<KeyValues.Page> page() {
        return part(scan, 1);
    }

    private CompletableFuture<KeyValues.Page> part(KeyScan part, int number) {
        return reads.range(space, part, fetched, options, KeyScan.MOST_BYTES - bytes)
                .thenCompose(found -> {
                    KeyScan.Merged merged = found.merged();
                    entries.addAll(merged.live());
                    bytes += merged.live().stream().mapToLong(KeyScan::bytes).sum();
                    found.indexes().forEach((group, index) -> indexes.merge(group, index, Math::max));
                    ByteString last = merged.last();
                    if (!merged.more() || last == null) {
                        return CompletableFuture.completedFuture(new KeyValues.Page(entries, null, indexes));
                    }
                    boolean enough =
                            entries.size() >= scan.limit() || bytes > KeyScan.MOST_BYTES || number == MOST_PARTS;
                    return enough
                            ? CompletableFuture.completedFuture(
                                    new KeyValues.Page(entries, KeyScan.continuation(last), indexes))
                            : part(scan.behind(last, scan.limit() - entries.size()), number + 1);
                });
    }
}
