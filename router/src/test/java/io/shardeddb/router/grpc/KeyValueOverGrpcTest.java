package io.shardeddb.router.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
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
import io.shardeddb.protocol.wire.api.v1.KeyPut;
import io.shardeddb.protocol.wire.api.v1.KeyValueGrpc;
import io.shardeddb.protocol.wire.api.v1.KeysEnd;
import io.shardeddb.protocol.wire.api.v1.ListSpacesRequest;
import io.shardeddb.protocol.wire.api.v1.PutKeyReply;
import io.shardeddb.protocol.wire.api.v1.PutKeyRequest;
import io.shardeddb.protocol.wire.api.v1.PutManyKeysRequest;
import io.shardeddb.protocol.wire.api.v1.ReadLevel;
import io.shardeddb.protocol.wire.api.v1.ReadOptions;
import io.shardeddb.protocol.wire.api.v1.ScanKeysReply;
import io.shardeddb.protocol.wire.api.v1.ScanKeysRequest;
import io.shardeddb.protocol.wire.api.v1.VersionCondition;
import io.shardeddb.protocol.wire.api.v1.WriteOptions;
import io.shardeddb.router.fake.FakeCluster;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys and values over the gRPC API, as clients meet them. */
class KeyValueOverGrpcTest {

    private static final FakeCluster CLUSTER = FakeCluster.keyValues("courses", 4);
    private static final GrpcUnderTest ROUTER = GrpcUnderTest.before(CLUSTER);
    private static final ByteString KEY = ByteString.copyFrom(new byte[] {0, (byte) 0xFF, 7});

    private final KeyValueGrpc.KeyValueBlockingStub keys =
            KeyValueGrpc.newBlockingStub(ROUTER.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    private static ByteString key(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static KeyPut.Builder value(ByteString key, String value) {
        return KeyPut.newBuilder().setKey(key).setValue(key(value));
    }

    private static PutKeyRequest put(KeyPut.Builder put) {
        return PutKeyRequest.newBuilder().setSpace("courses").setPut(put).build();
    }

    private static GetKeyRequest get(ByteString key) {
        return GetKeyRequest.newBuilder().setSpace("courses").setKey(key).build();
    }

    private static DeleteKeyRequest delete(ByteString key) {
        return DeleteKeyRequest.newBuilder().setSpace("courses").setKey(key).build();
    }

    private static IncrementKeyRequest.Builder increment() {
        return IncrementKeyRequest.newBuilder().setSpace("courses").setKey(key("hits"));
    }

    private static VersionCondition absent() {
        return VersionCondition.newBuilder().setAbsent(true).build();
    }

    @Test
    void aKeyOfAnyBytesIsPutReadAndRemoved() {
        PutKeyReply stored = keys.put(put(value(KEY, "one").setType("text/plain")));
        assertThat(stored.getCreated()).isTrue();
        GetKeyReply read = keys.get(get(KEY).toBuilder()
                .setOptions(ReadOptions.newBuilder().setSessionToken(stored.getSessionToken()))
                .build());
        assertThat(read.getEntry())
                .isEqualTo(KeyEntry.newBuilder()
                        .setKey(KEY)
                        .setValue(key("one"))
                        .setType("text/plain")
                        .setVersion(stored.getVersion())
                        .build());
        GetKeyReply known = keys.get(
                get(KEY).toBuilder().setKnownVersion(stored.getVersion()).build());
        assertThat(known.getEntry().getContentCase()).isEqualTo(KeyEntry.ContentCase.CONTENT_NOT_SET);
        assertThat(keys.get(get(KEY).toBuilder()
                                .setOptions(ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_EVENTUAL))
                                .build())
                        .getEntry()
                        .getValue())
                .isEqualTo(key("one"));
        assertThat(keys.delete(delete(KEY)).getTimestamp()).isGreaterThan(stored.getVersion());
        assertThat(Failures.codes(() -> keys.get(get(KEY)))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
        assertThat(Failures.codes(() -> keys.delete(delete(KEY)))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
    }

    @Test
    void aConditionThatDoesNotHoldChangesNothing() {
        PutKeyReply stored = keys.put(put(value(KEY, "one").setCondition(absent())));
        assertThat(Failures.codes(() -> keys.put(put(value(KEY, "two").setCondition(absent())))))
                .isEqualTo("FAILED_PRECONDITION CONDITION_FAILED");
        VersionCondition same =
                VersionCondition.newBuilder().setVersion(stored.getVersion()).build();
        assertThat(keys.put(put(value(KEY, "two").setCondition(same))).getCreated())
                .isFalse();
        assertThat(Failures.codes(() -> keys.put(put(value(KEY, "three").setCondition(same)))))
                .isEqualTo("FAILED_PRECONDITION CONDITION_FAILED");
        assertThat(Failures.codes(() ->
                        keys.delete(delete(KEY).toBuilder().setCondition(same).build())))
                .isEqualTo("FAILED_PRECONDITION CONDITION_FAILED");
        assertThat(Failures.codes(
                        () -> keys.get(get(KEY).toBuilder().setCondition(same).build())))
                .isEqualTo("FAILED_PRECONDITION CONDITION_FAILED");
        assertThat(keys.get(get(KEY)).getEntry().getValue()).isEqualTo(key("two"));
    }

    @Test
    void aKeyWithALifeExpires() {
        PutKeyReply stored = keys.put(put(value(KEY, "one").setTtlMillis(200)));
        assertThat(stored.getExpiresMillis()).isPositive();
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(Failures.codes(() -> keys.get(get(KEY)))).isEqualTo("NOT_FOUND KEY_NOT_FOUND"));
    }

    @Test
    void aCounterIsAddedToOncePerRequestId() {
        assertThat(keys.increment(increment().build()).getNumber()).isEqualTo(1);
        IncrementKeyRequest once = increment()
                .setBy(-3)
                .setMin(-5)
                .setOptions(WriteOptions.newBuilder().setRequestId("me/1/" + System.currentTimeMillis()))
                .build();
        IncrementKeyReply first = keys.increment(once);
        assertThat(first.getNumber()).isEqualTo(-2);
        assertThat(keys.increment(once)).isEqualTo(first);
        assertThat(Failures.codes(
                        () -> keys.increment(increment().setBy(9).setMax(6).build())))
                .isEqualTo("FAILED_PRECONDITION OUT_OF_BOUNDS");
        var _ = keys.put(put(value(KEY, "one")));
        assertThat(Failures.codes(() -> keys.increment(increment().setKey(KEY).build())))
                .isEqualTo("FAILED_PRECONDITION NOT_A_COUNTER");
        assertThat(keys.get(get(key("hits"))).getEntry().getNumber()).isEqualTo(-2);
    }

    private record Scanned(List<String> keys, KeysEnd end, int messages) {}

    private Scanned scanned(ScanKeysRequest.Builder request) {
        List<String> found = new ArrayList<>();
        KeysEnd end = KeysEnd.getDefaultInstance();
        int messages = 0;
        for (Iterator<ScanKeysReply> replies =
                        keys.scan(request.setSpace("courses").build());
                replies.hasNext();
                messages++) {
            ScanKeysReply reply = replies.next();
            reply.getEntriesList().forEach(entry -> found.add(entry.getKey().toStringUtf8()));
            end = reply.getEnd();
        }
        return new Scanned(found, end, messages);
    }

    @Test
    void aScanStreamsKeysInOrderOrLeadsOnToThem() {
        for (int i = 10; i < 30; i++) {
            var _ = keys.put(put(value(key("a" + i), "x".repeat(5_000))));
        }
        var _ = keys.put(put(KeyPut.newBuilder().setKey(key("b")).setNumber(7)));
        Scanned all = scanned(ScanKeysRequest.newBuilder());
        assertThat(all.keys()).hasSize(21).isSorted();
        assertThat(all.end().getCount()).isEqualTo(21);
        assertThat(all.end().getContinuation()).isEmpty();
        assertThat(all.messages()).isGreaterThan(1);
        ScanKeysRequest.Builder part = ScanKeysRequest.newBuilder()
                .setPrefix(key("a"))
                .setFrom(key("a12"))
                .setTo(key("a16"))
                .setKeysOnly(true)
                .setLimit(3);
        Scanned first = scanned(part);
        assertThat(first.keys()).containsExactly("a12", "a13", "a14");
        assertThat(scanned(part.setContinuation(first.end().getContinuation())).keys())
                .containsExactly("a15", "a16");
    }

    @Test
    void severalKeysArePutReadAndRemovedTogether() {
        PutManyKeysRequest puts = PutManyKeysRequest.newBuilder()
                .setSpace("courses")
                .addPuts(value(key("a"), "1"))
                .addPuts(KeyPut.newBuilder().setKey(key("b")).setNumber(2))
                .build();
        assertThat(keys.putMany(puts).getChanged()).isEqualTo(2);
        assertThat(keys.get(get(key("b"))).getEntry().getNumber()).isEqualTo(2);
        GetManyKeysReply found = keys.getMany(GetManyKeysRequest.newBuilder()
                        .setSpace("courses")
                        .addAllKeys(List.of(key("b"), key("nothing"), key("a")))
                        .build())
                .next();
        assertThat(found.getKeysList()).extracting(FoundKey::hasEntry).containsExactly(true, false, true);
        assertThat(found.getKeys(2).getEntry().getValue()).isEqualTo(key("1"));
        assertThat(found.getEnd().getCount()).isEqualTo(3);
        PutManyKeysRequest half = puts.toBuilder()
                .addPuts(value(key("c"), "3"))
                .setPuts(0, value(key("a"), "4").setCondition(absent()))
                .build();
        assertThat(Failures.codes(() -> keys.putMany(half))).isEqualTo("FAILED_PRECONDITION CONDITION_FAILED");
        assertThat(Failures.codes(() -> keys.get(get(key("c"))))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
        assertThat(keys.deleteMany(DeleteManyKeysRequest.newBuilder()
                                .setSpace("courses")
                                .addAllKeys(List.of(key("a"), key("b"), key("c")))
                                .build())
                        .getChanged())
                .isEqualTo(2);
    }

    @Test
    void whatIsWrongIsRefused() {
        assertThat(keys.listSpaces(ListSpacesRequest.getDefaultInstance()).getSpacesList())
                .containsExactly("courses");
        assertThat(Failures.codes(() -> keys.get(get(ByteString.EMPTY)))).isEqualTo("INVALID_ARGUMENT INVALID_KEY");
        assertThat(Failures.codes(() -> keys.get(get(ByteString.copyFrom(new byte[1_025])))))
                .isEqualTo("INVALID_ARGUMENT INVALID_KEY");
        assertThat(Failures.codes(() -> keys.put(put(value(KEY, "x".repeat((1 << 20) + 1))))))
                .isEqualTo("INVALID_ARGUMENT TOO_LARGE");
        assertThat(Failures.codes(() -> keys.put(put(KeyPut.newBuilder().setKey(KEY)))))
                .isEqualTo("INVALID_ARGUMENT MALFORMED_REQUEST");
        assertThat(Failures.codes(() -> keys.put(
                        put(KeyPut.newBuilder().setKey(KEY).setNumber(1).setType("text/plain")))))
                .isEqualTo("INVALID_ARGUMENT MALFORMED_REQUEST");
        assertThat(Failures.codes(() -> keys.put(put(value(KEY, "a").setTtlMillis(-1)))))
                .isEqualTo("INVALID_ARGUMENT MALFORMED_REQUEST");
        assertThat(Failures.codes(() -> keys.put(put(value(KEY, "a")
                        .setCondition(VersionCondition.newBuilder().setAbsent(false))))))
                .isEqualTo("INVALID_ARGUMENT MALFORMED_REQUEST");
        assertThat(Failures.codes(
                        () -> keys.get(get(KEY).toBuilder().setSpace("none").build())))
                .isEqualTo("NOT_FOUND SPACE_NOT_FOUND");
        assertThat(Failures.codes(() -> scanned(ScanKeysRequest.newBuilder().setContinuation("abc"))))
                .startsWith("INVALID_ARGUMENT ");
        assertThat(Failures.codes(() -> keys.get(get(KEY)))).isEqualTo("NOT_FOUND KEY_NOT_FOUND");
    }

    @Test
    void aWriteGivesUpBeforeItsClientDoes() {
        for (int shard = 0; shard < 4; shard++) {
            CLUSTER.group(shard).loseLeader();
        }
        assertThat(Failures.codes(() -> keys.withDeadlineAfter(1, TimeUnit.SECONDS)
                        .put(put(value(KEY, "a").setTtlMillis(9_000)))))
                .startsWith("DEADLINE_EXCEEDED ");
        assertThat(Failures.codes(
                        () -> keys.withDeadlineAfter(1, TimeUnit.SECONDS).get(get(KEY))))
                .startsWith("DEADLINE_EXCEEDED ");
    }
}
