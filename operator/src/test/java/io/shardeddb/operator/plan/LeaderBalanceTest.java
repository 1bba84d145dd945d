package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.Uid;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LeaderBalanceTest {

    private static LeaderBalance.Led led(String shard, String leader, String... followers) {
        Map<String, Uid> members = new TreeMap<>();
        for (String follower : followers) {
            members.put(follower, Uid.newBuilder().setLow(follower.hashCode()).build());
        }
        return new LeaderBalance.Led(shard, leader, members, false);
    }

    @Test
    void movesOneFromTheFullestToTheEmptiest() {
        List<LeaderBalance.Led> shards =
                List.of(led("s1", "a", "b", "c"), led("s2", "a", "b", "c"), led("s3", "b", "a", "c"));
        assertThat(LeaderBalance.next(shards, List.of("a", "b", "c"))).get().satisfies(transfer -> {
            assertThat(transfer.from()).isEqualTo("a");
            assertThat(transfer.to()).isEqualTo("c");
        });
    }

    @Test
    void movesNothingForADifferenceOfOneAndNothingToServersThatGo() {
        assertThat(LeaderBalance.next(List.of(led("s1", "a", "b")), List.of("a", "b")))
                .isEmpty();
        assertThat(LeaderBalance.next(
                        List.of(led("s1", "a", "gone"), led("s2", "a", "gone"), led("s3", "a", "gone")), List.of("a")))
                .isEmpty();
    }

    @Test
    void takesLeadershipsOffAServerToTheFollowerThatLeadsLeast() {
        List<LeaderBalance.Led> shards = List.of(led("s1", "b", "a"), led("s2", "a", "b", "c"), led("s3", "a"));
        assertThat(LeaderBalance.away(shards, "a")).get().satisfies(transfer -> {
            assertThat(transfer.shard()).isEqualTo("s2");
            assertThat(transfer.to()).isEqualTo("c");
        });
        assertThat(LeaderBalance.away(shards, "c")).isEmpty();
        assertThat(LeaderBalance.away(List.of(led("s3", "a")), "a"))
                .as("nobody can take it")
                .isEmpty();
    }

    @Test
    void countsAShardThatAPersonFixedAndLeavesItAlone() {
        LeaderBalance.Led fixed =
                new LeaderBalance.Led("s1", "a", led("s1", "a", "b").followers(), true);
        assertThat(LeaderBalance.next(
                        List.of(fixed, new LeaderBalance.Led("s2", "a", fixed.followers(), true)), List.of("a", "b")))
                .isEmpty();
        assertThat(LeaderBalance.next(List.of(fixed, led("s2", "a", "b")), List.of("a", "b")))
                .get()
                .extracting(LeaderBalance.Transfer::shard)
                .isEqualTo("s2");
    }
}
