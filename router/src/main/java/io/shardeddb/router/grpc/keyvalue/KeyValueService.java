package io.shardeddb.router.grpc.keyvalue;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.wire.api.v1.ChangeManyKeysReply;
import io.shardeddb.protocol.wire.api.v1.DeleteKeyReply;
import io.shardeddb.protocol.wire.api.v1.DeleteKeyRequest;
import io.shardeddb.protocol.wire.api.v1.DeleteManyKeysRequest;
import io.shardeddb.protocol.wire.api.v1.FoundKey;
import io.shardeddb.protocol.wire.api.v1.GetKeyReply;
import io.shardeddb.protocol.wire.api.v1.GetKeyRequest;
import io.shardeddb.protocol.wire.api.v1.GetManyKeysReply;
import io.shardeddb.protocol.wire.api.v1.GetManyKeysRequest;
import io.shardeddb.protocol.wire.api.v1.IncrementKeyReply;
import io.shardeddb.protocol.wire.api.v1.IncrementKeyRequest;
import io.shardeddb.protocol.wire.api.v1.KeyEntry;
import io.shardeddb.protocol.wire.api.v1.KeyValueGrpc;
import io.shardeddb.protocol.wire.api.v1.KeysEnd;
import io.shardeddb.protocol.wire.api.v1.ListSpacesReply;
import io.shardeddb.protocol.wire.api.v1.ListSpacesRequest;
import io.shardeddb.protocol.wire.api.v1.PutKeyReply;
import io.shardeddb.protocol.wire.api.v1.PutKeyRequest;
import io.shardeddb.protocol.wire.api.v1.PutManyKeysRequest;
import io.shardeddb.protocol.wire.api.v1.ScanKeysReply;
import io.shardeddb.protocol.wire.api.v1.ScanKeysRequest;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.grpc.Calls;
import io.shardeddb.router.grpc.Chunks;
import io.shardeddb.router.grpc.GivenOptions;
import io.shardeddb.router.grpc.PacedSender;
import io.shardeddb.router.keyvalue.Entry;
import io.shardeddb.router.keyvalue.KeyValues;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Keys and values over gRPC, by the same reads and writes as over HTTP. */
@Singleton
final class KeyValueService extends KeyValueGrpc.KeyValueImplBase {

    private final KeyValues keyValues;

    KeyValueService(KeyValues keyValues) {
        this.keyValues = keyValues;
    }

    @Override
    public void listSpaces(ListSpacesRequest request, StreamObserver<ListSpacesReply> client) {
        Calls.answer(
                client,
                until -> keyValues
                        .spaces()
                        .thenApply(names ->
                                ListSpacesReply.newBuilder().addAllSpaces(names).build()));
    }

    @Override
    public void get(GetKeyRequest request, StreamObserver<GetKeyReply> client) {
        Calls.answer(client, until -> {
            ReadOptions options = GivenOptions.read(request.getOptions(), until);
            return keyValues
                    .present(
                            request.getSpace(),
                            request.getKey(),
                            KeyValueMessages.condition(request.hasCondition(), request.getCondition()),
                            options)
                    .thenApply(found -> {
                        long version = found.entry().version();
                        boolean known = version != 0 && version == request.getKnownVersion();
                        return GetKeyReply.newBuilder()
                                .setEntry(KeyValueMessages.entry(found.entry(), !known))
                                .setSessionToken(
                                        options.session().with(found.indexes()).text())
                                .build();
                    });
        });
    }

    @Override
    public void put(PutKeyRequest request, StreamObserver<PutKeyReply> client) {
        Calls.answer(client, until -> {
            SessionToken session = GivenOptions.session(request.getOptions().getSessionToken());
            return keyValues
                    .put(
                            request.getSpace(),
                            KeyValueMessages.put(request.getPut()),
                            KeyValueMessages.writer(request.getOptions(), until))
                    .thenApply(stored -> PutKeyReply.newBuilder()
                            .setCreated(stored.created())
                            .setVersion(stored.version())
                            .setExpiresMillis(KeyValueMessages.orNever(stored.expires()))
                            .setSessionToken(session.with(stored.indexes()).text())
                            .build());
        });
    }

    @Override
    public void delete(DeleteKeyRequest request, StreamObserver<DeleteKeyReply> client) {
        Calls.answer(client, until -> {
            SessionToken session = GivenOptions.session(request.getOptions().getSessionToken());
            return keyValues
                    .delete(
                            request.getSpace(),
                            request.getKey(),
                            KeyValueMessages.condition(request.hasCondition(), request.getCondition()),
                            KeyValueMessages.writer(request.getOptions(), until))
                    .thenApply(changed -> DeleteKeyReply.newBuilder()
                            .setTimestamp(changed.timestamp())
                            .setSessionToken(session.with(changed.indexes()).text())
                            .build());
        });
    }

    @Override
    public void increment(IncrementKeyRequest request, StreamObserver<IncrementKeyReply> client) {
        Calls.answer(client, until -> {
            SessionToken session = GivenOptions.session(request.getOptions().getSessionToken());
            return keyValues
                    .increment(
                            request.getSpace(),
                            KeyValueMessages.increment(request),
                            KeyValueMessages.writer(request.getOptions(), until))
                    .thenApply(counted -> IncrementKeyReply.newBuilder()
                            .setNumber(counted.number())
                            .setVersion(counted.version())
                            .setExpiresMillis(KeyValueMessages.orNever(counted.expires()))
                            .setSessionToken(session.with(counted.indexes()).text())
                            .build());
        });
    }

    @Override
    public void scan(ScanKeysRequest request, StreamObserver<ScanKeysReply> client) {
        PacedSender.start(client, (to, until) -> {
            ReadOptions options = GivenOptions.read(request.getOptions(), until);
            int limit = GivenOptions.limit(request.getLimit());
            Chunks<KeyEntry, ScanKeysReply> chunks = new Chunks<>(
                    to,
                    entries -> ScanKeysReply.newBuilder().addAllEntries(entries).build());
            SessionToken session = options.session();
            String continuation = request.getContinuation();
            do {
                long left = limit == 0 ? 0 : limit - chunks.count();
                KeyValues.Page page = join(keyValues.scan(
                        request.getSpace(), KeyValueMessages.scan(request, continuation, left), options));
                session = session.with(page.indexes());
                for (Entry entry : page.entries()) {
                    KeyEntry message = KeyValueMessages.entry(entry, !request.getKeysOnly());
                    if (!chunks.add(message, message.getSerializedSize())) {
                        return;
                    }
                }
                String next = page.continuation();
                continuation = next == null ? "" : next;
            } while (!continuation.isEmpty() && (limit == 0 || chunks.count() < limit));
            var _ = to.send(ScanKeysReply.newBuilder()
                    .addAllEntries(chunks.rest())
                    .setEnd(end(chunks.count(), session).setContinuation(continuation))
                    .build());
        });
    }

    private static KeysEnd.Builder end(long count, SessionToken session) {
        return KeysEnd.newBuilder().setCount(count).setSessionToken(session.text());
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw Writes.error(e);
        }
    }

    @Override
    public void getMany(GetManyKeysRequest request, StreamObserver<GetManyKeysReply> client) {
        PacedSender.start(client, (to, until) -> {
            ReadOptions options = GivenOptions.read(request.getOptions(), until);
            KeyValues.Several found = join(keyValues.getAll(request.getSpace(), request.getKeysList(), options));
            Chunks<FoundKey, GetManyKeysReply> chunks = new Chunks<>(
                    to, keys -> GetManyKeysReply.newBuilder().addAllKeys(keys).build());
            for (ByteString key : request.getKeysList()) {
                Entry entry = found.entries().get(key);
                FoundKey message = entry == null
                        ? FoundKey.getDefaultInstance()
                        : FoundKey.newBuilder()
                                .setEntry(KeyValueMessages.entry(entry, true))
                                .build();
                if (!chunks.add(message, message.getSerializedSize())) {
                    return;
                }
            }
            var _ = to.send(GetManyKeysReply.newBuilder()
                    .addAllKeys(chunks.rest())
                    .setEnd(end(chunks.count(), options.session().with(found.indexes())))
                    .build());
        });
    }

    @Override
    public void putMany(PutManyKeysRequest request, StreamObserver<ChangeManyKeysReply> client) {
        Calls.answer(client, until -> {
            SessionToken session = GivenOptions.session(request.getOptions().getSessionToken());
            return keyValues
                    .putAll(
                            request.getSpace(),
                            KeyValueMessages.puts(request.getPutsList()),
                            KeyValueMessages.writer(request.getOptions(), until))
                    .thenApply(changed -> KeyValueMessages.changed(changed, session));
        });
    }

    @Override
    public void deleteMany(DeleteManyKeysRequest request, StreamObserver<ChangeManyKeysReply> client) {
        Calls.answer(client, until -> {
            SessionToken session = GivenOptions.session(request.getOptions().getSessionToken());
            return keyValues
                    .deleteAll(
                            request.getSpace(),
                            request.getKeysList(),
                            KeyValueMessages.writer(request.getOptions(), until))
                    .thenApply(changed -> KeyValueMessages.changed(changed, session));
        });
    }
}
