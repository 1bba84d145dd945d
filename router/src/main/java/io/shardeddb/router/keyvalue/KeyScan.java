package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.router.route.Continuation;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.RowMerge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A scan of keys in their order, byte by byte. Pure.
 *
 * @param prefix that the keys begin with; empty: any
 * @param from the least key; absent: no bound
 * @param to the greatest key; absent: no bound
 * @param limit greatest number of keys, from 1
 * @param values whether values are wanted too
 * @param after the scan goes on behind this key; absent: it begins
 */
public record KeyScan(
        ByteString prefix,
        @Nullable ByteString from,
        @Nullable ByteString to,
        int limit,
        boolean values,
        @Nullable ByteString after) {

    /** Keys of one answer, at most. */
    public static final int MOST_KEYS = 1_000;

    /** Keys of an answer when the request does not say. */
    public static final int DEFAULT_KEYS = 100;

    /** Bytes of keys and values of one answer, about, at most: 4 MiB. One more entry may come. */
    static final long MOST_BYTES = 4L << 20;

    private static final int HIGHEST_BYTE = 0xFF;
    private static final Comparator<ByteString> BYTES = ByteString.unsignedLexicographicalComparator();

    /** The same scan, behind a key. */
    KeyScan behind(ByteString key, int more) {
        return new KeyScan(prefix, from, to, more, values, key);
    }

    /** A scan of a whole space, without values. */
    static KeyScan all(int limit, @Nullable ByteString after) {
        return new KeyScan(ByteString.EMPTY, null, null, limit, false, after);
    }

    /** The range of keys; {@code null} when no key can lie in it. */
    @Nullable
    KeyRange range() {
        ByteString low = from == null || BYTES.compare(from, prefix) < 0 ? prefix : from;
        boolean behind = after != null && BYTES.compare(after, low) >= 0;
        ByteString least = behind && after != null ? after : low;
        ByteString end = end();
        boolean bounded = to != null && (end == null || BYTES.compare(to, end) < 0);
        ByteString greatest = bounded ? to : end;
        if (greatest != null && BYTES.compare(least, greatest) > 0) {
            return null;
        }
        return new KeyRange(bound(least), behind, bound(greatest), !bounded && end != null, false);
    }

    private static @Nullable Row bound(@Nullable ByteString key) {
        return key == null || key.isEmpty() ? null : Row.of(new Value.Blob(key));
    }

    /** The least key behind all that begin with the prefix; {@code null} when there is none. */
    private @Nullable ByteString end() {
        for (int last = prefix.size() - 1; last >= 0; last--) {
            int value = prefix.byteAt(last) & HIGHEST_BYTE;
            if (value < HIGHEST_BYTE) {
                return prefix.substring(0, last).concat(ByteString.copyFrom(new byte[] {(byte) (value + 1)}));
            }
        }
        return null;
    }

    /** The token of a scan that goes on behind a key. */
    static String continuation(ByteString last) {
        return Continuation.after(Row.of(new Value.Blob(last)));
    }

    /**
     * The key in a token.
     *
     * @throws DatabaseException MALFORMED_REQUEST
     */
    public static ByteString continued(String token, String space) {
        if (Continuation.parse(token, space, 1).get(Space.KEY) instanceof Value.Blob(ByteString key)) {
            return key;
        }
        throw new DatabaseException(
                ErrorCode.MALFORMED_REQUEST,
                "the continuation is not one that was given for space " + space,
                Map.of("field", "continuation"));
    }

    /**
     * An entry as a shard gave it.
     *
     * @param over whether it has expired by the shard's time
     */
    record Judged(Entry entry, boolean over) {}

    /**
     * What one shard gave.
     *
     * @param entries in the order of their keys
     * @param more whether the shard has more behind the last one
     */
    record ShardPage(List<Judged> entries, boolean more) {
        private @Nullable ByteString end() {
            return more && !entries.isEmpty() ? entries.getLast().entry().key() : null;
        }
    }

    /**
     * What several shards came to.
     *
     * @param live entries that count
     * @param over entries that have expired
     * @param last the last key that was looked at; {@code null}: none
     * @param more whether there may be more behind it
     */
    record Merged(
            List<Entry> live, List<Entry> over, @Nullable ByteString last, boolean more) {}

    /**
     * The pages of several shards as one.
     *
     * @param mostBytes about how many bytes the entries may have
     */
    Merged merge(List<ShardPage> pages, long mostBytes) {
        ByteString horizon = pages.stream()
                .map(ShardPage::end)
                .filter(end -> end != null)
                .min(BYTES)
                .orElse(null);
        List<Iterator<Judged>> sources =
                pages.stream().map(page -> page.entries().iterator()).toList();
        Iterator<Judged> merged = new RowMerge<>(
                sources,
                (one, other) -> BYTES.compare(one.entry().key(), other.entry().key()));
        List<Entry> live = new ArrayList<>();
        List<Entry> over = new ArrayList<>();
        ByteString last = null;
        long bytes = 0;
        boolean more = horizon != null;
        while (merged.hasNext()) {
            Judged next = merged.next();
            // Behind the horizon a shard may have keys that did not come.
            boolean beyond = horizon != null && BYTES.compare(next.entry().key(), horizon) > 0;
            if (beyond || live.size() == limit || bytes > mostBytes) {
                more = true;
                break;
            }
            last = next.entry().key();
            if (next.over()) {
                over.add(next.entry());
            } else {
                live.add(next.entry());
                bytes += bytes(next.entry());
            }
        }
        return new Merged(live, over, last, more);
    }

    /** Bytes of an entry in an answer, about. */
    static long bytes(Entry entry) {
        ByteString value = entry.value();
        return (long) entry.key().size() + (value == null ? 0 : value.size());
    }
}
