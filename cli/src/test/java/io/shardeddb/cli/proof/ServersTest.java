package io.shardeddb.cli.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.ChecksumReply;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.ReplicaChecksum;
import io.shardeddb.protocol.wire.TableChecksum;
import org.junit.jupiter.api.Test;

final class ServersTest {

    @Test
    void findsEqualCopiesEqual() {
        Servers.ShardChecksums sums =
                Servers.judge(reply(copy("a", 7), copy("b", 7), copy("c", 7)).build());
        assertThat(sums.equalOn(3)).isTrue();
        assertThat(sums.rows()).isEqualTo(5);
    }

    @Test
    void findsACopyThatDiffers() {
        Servers.ShardChecksums sums =
                Servers.judge(reply(copy("a", 7), copy("b", 8), copy("c", 7)).build());
        assertThat(sums.equalOn(3)).isFalse();
        assertThat(sums.problems()).anyMatch(line -> line.startsWith("b: "));
    }

    @Test
    void doesNotCallTwoOfThreeCopiesEqual() {
        assertThat(Servers.judge(reply(copy("a", 7), copy("b", 7)).build()).equalOn(3))
                .isFalse();
    }

    @Test
    void namesACopyThatCouldNotCompute() {
        Servers.ShardChecksums sums = Servers.judge(reply(copy("a", 7))
                .addReplicas(ReplicaChecksum.newBuilder()
                        .setServer("b")
                        .setError(ErrorDetail.newBuilder().setMessage("MySQL is away")))
                .build());
        assertThat(sums.problems()).containsExactly("b: MySQL is away");
    }

    private static ChecksumReply.Builder reply(ReplicaChecksum... copies) {
        return ChecksumReply.newBuilder().setIndex(42).addAllReplicas(java.util.List.of(copies));
    }

    private static ReplicaChecksum copy(String server, long sum) {
        return ReplicaChecksum.newBuilder()
                .setServer(server)
                .addTables(TableChecksum.newBuilder()
                        .setTable("StudT")
                        .setRows(5)
                        .setHigh(1)
                        .setLow(sum))
                .build();
    }
}
