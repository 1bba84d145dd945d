package io.shardeddb.router.documents;

import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.protocol.keyspace.Hash64;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a client's request id, and is the same in each repeat, by whatever router: ids of the attempts to
 * change a document, ids of new documents, and the marks of the request. Pure.
 */
final class AttemptIds {

    /** No id, and no shard key's value, begins so. */
    private static final byte MARK = 1;

    /** More than any topology needs to have one mark on each shard. */
    private static final int MOST_TRIES = 1_000_000;

    private AttemptIds() {}

    /** The id of an attempt. The first has the request's own. */
    static RequestId ofAttempt(RequestId request, int attempt) {
        return attempt == 1
                ? request
                : request.toBuilder()
                        .setClient(request.getClient() + "/a" + attempt)
                        .build();
    }

    /** The id under which a request changes one of several documents. */
    static RequestId ofDocument(RequestId request, Row key) {
        byte[] bytes = RowCodec.encode(key).toByteArray();
        ByteBuffer hashes = ByteBuffer.allocate(2 * Long.BYTES).putLong(Hash64.of(bytes));
        byte[] salted =
                ByteBuffer.allocate(bytes.length + 1).put(MARK).put(bytes).array();
        hashes.putLong(Hash64.of(salted));
        return request.toBuilder()
                .setClient(request.getClient() + "/d"
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(hashes.array()))
                .build();
    }

    private static long hash(RequestId request) {
        byte[] client = request.getClient().getBytes(StandardCharsets.UTF_8);
        return Hash64.of(ByteBuffer.allocate(client.length + 2 * Long.BYTES)
                .put(client)
                .putLong(request.getNumber())
                .putLong(request.getIssuedAtMillis())
                .array());
    }

    /** Ids of new documents, in their order in the request. */
    static List<DocumentValue> ofNew(RequestId request, int count) {
        SplittableRandom random = new SplittableRandom(hash(request));
        List<DocumentValue> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(DocumentId.generate(Math.max(0, request.getIssuedAtMillis()), random));
        }
        return ids;
    }

    /**
     * Keys that no document has, on one shard. The removal of such a row changes nothing; it makes the shard take part
     * in a write, and keep its outcome.
     *
     * @param fixed the shard that the request's own content decides; null: the request's id decides it
     */
    static List<Row> marks(
            RequestId request,
            DocumentCollection collection,
            Topology topology,
            @Nullable ShardEntry fixed,
            int count) {
        long hash = hash(request);
        List<Row> marks = new ArrayList<>(count);
        ShardEntry shard = fixed;
        for (int tried = 0; marks.size() < count; tried++) {
            if (tried == MOST_TRIES) {
                throw new IllegalStateException("no mark lies on shard " + shard);
            }
            Row mark = mark(hash, tried, collection);
            ShardEntry owner = topology.shardOf(collection.table(), mark);
            if (shard == null) {
                shard = owner;
            }
            if (owner.group().equals(shard.group())) {
                marks.add(mark);
            }
        }
        return marks;
    }

    private static Row mark(long hash, int number, DocumentCollection collection) {
        byte[] bytes = ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES)
                .put(MARK)
                .putLong(hash)
                .putInt(number)
                .array();
        var value = DocumentCollection.bytes(bytes);
        return collection.isById() ? Row.of(value) : Row.of(value, value);
    }
}
