package io.shardeddb.cli.shards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaPicture;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Standing;
import io.shardeddb.protocol.wire.Uid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PictureTextTest {
    private static final List<String> SERVERS = List.of("server-0", "server-1", "server-2");

    private static ReplicaStatus.Builder replica(ReplicaRole role, long last, long committed, long applied) {
        return ReplicaStatus.newBuilder()
                .setRole(role)
                .setState(ReplicaState.HEALTHY)
                .setTerm(4)
                .setFirstIndex(1)
                .setLastIndex(last)
                .setCommitIndex(committed)
                .setAppliedIndex(applied);
    }

    private static ReplicaPicture.Builder picture(long durable, long certain) {
        return ReplicaPicture.newBuilder().setDurableIndex(durable).setCertainIndex(certain);
    }

    private static Standing standing(String words, long millis) {
        return Standing.newBuilder().setWords(words).setMillis(millis).build();
    }

    private static Uid member(int number) {
        return Uid.newBuilder().setLow(number).build();
    }

    private static MemberProgress.Builder progress(int number, long lag, long silent) {
        return MemberProgress.newBuilder()
                .setMember(member(number))
                .setLagEntries(lag)
                .setSilentMillis(silent);
    }

    /** A leader whose followers are gone, one that lags, and one that says nothing. */
    private static ShardPicture withoutQuorum() {
        GroupConfiguration.Builder members = GroupConfiguration.newBuilder();
        SERVERS.forEach(server -> members.addVoters(
                GroupMember.newBuilder().setServer(server).setMember(member(Integer.parseInt(server.substring(7))))));
        ReplicaStatus leader = replica(ReplicaRole.LEADER, 1290, 1288, 1284)
                .setConfiguration(members)
                .setWaitingWrites(3)
                .addProgress(progress(0, 2, 3_200).setLagMillis(3_150))
                .addProgress(progress(2, 2, Long.MAX_VALUE).setNeedsCopy(true).setLagMillis(3_150))
                .setPicture(picture(1290, 1288)
                        .setProposing(
                                standing("3 writes not proposed yet: 2 entries are on their way to a quorum", 900))
                        .setCommitting(standing("entries 1289..1290 not with a quorum yet", 3_150))
                        .setApplying(standing("entries 1285..1288: written and not committed", 40)))
                .build();
        ReplicaStatus behind = replica(ReplicaRole.FOLLOWER, 1288, 1288, 1200)
                .setState(ReplicaState.STALLED)
                .setReason("the database refuses entry 1201 and is asked again: no room")
                .setPicture(picture(1287, 1200)
                        .setApplying(standing("the database refuses entry 1201 and is asked again: no room", 61_000)))
                .build();
        return ShardPicture.of("students", "sh1", SERVERS, Map.of("server-1", leader, "server-0", behind));
    }

    @Test
    void tellsWhereEachCopyStandsAndWhatWaits() {
        assertThat(PictureText.of(List.of(withoutQuorum()))).isEqualTo("""
                students/sh1: led by server-1
                COPY ON    ROLE       TERM   LOG       DURABLE   COMMITTED   CERTAIN   APPLIED   HELD   STATE
                server-0   Follower   4      1..1288   1287      1288        1200      1200      0      Stalled
                server-1   Leader     4      1..1290   1290      1288        1288      1284      4      Healthy
                server-2   -          -      -         -         -           -         -         -      no answer, or no copy
                server-0: the database refuses entry 1201 and is asked again: no room, for 61.0 s
                server-1: writes: 3 writes not proposed yet: 2 entries are on their way to a quorum, for 900 ms
                server-1: quorum: entries 1289..1290 not with a quorum yet, for 3.2 s
                server-1: rows: entries 1285..1288: written and not committed, for 40 ms
                server-1: server-0 has not answered for 3.2 s, lacks 2 entries, for 3.2 s
                server-1: server-2 needs a copy, never answered this leader, lacks 2 entries, for 3.2 s
                """);
    }

    @Test
    void saysThatNothingWaits() {
        ShardPicture calm = ShardPicture.of(
                "students",
                "sh1",
                List.of("server-0"),
                Map.of(
                        "server-0",
                        replica(ReplicaRole.LEADER, 12, 12, 12)
                                .setPicture(picture(12, 12))
                                .build()));
        assertThat(PictureText.of(List.of(calm))).isEqualTo("""
                students/sh1: led by server-0
                COPY ON    ROLE     TERM   LOG     DURABLE   COMMITTED   CERTAIN   APPLIED   HELD   STATE
                server-0   Leader   4      1..12   12        12          12        12        0      Healthy
                nothing waits
                """);
    }

    @Test
    void tellsWhatAServerOfAnOlderVersionSays() {
        ShardPicture older = ShardPicture.of(
                "students",
                "sh1",
                List.of(),
                Map.of(
                        "server-0",
                        replica(ReplicaRole.FOLLOWER, 0, 0, 0)
                                .setWaitingWrites(2)
                                .build()));
        assertThat(older.leader()).isNull();
        assertThat(PictureText.of(List.of(older))).isEqualTo("""
                students/sh1: no leader answers
                COPY ON    ROLE       TERM   LOG     DURABLE   COMMITTED   CERTAIN   APPLIED   HELD   STATE
                server-0   Follower   4      empty   -         0           -         0         -      Healthy
                server-0: writes: 2 not proposed yet
                """);
    }

    @Test
    void theLeaderOfTheHighestTermLeads() {
        ShardPicture two = ShardPicture.of(
                "students",
                "sh1",
                List.of(),
                Map.of(
                        "server-0",
                                replica(ReplicaRole.LEADER, 9, 9, 9).setTerm(5).build(),
                        "server-1",
                                replica(ReplicaRole.LEADER, 9, 9, 9).setTerm(4).build()));
        assertThat(two.leader()).isEqualTo("server-0");
    }

    @Test
    void programsReadTheSame() {
        JsonNode json = new ObjectMapper().valueToTree(withoutQuorum());
        assertThat(json.path("leader").asText()).isEqualTo("server-1");
        assertThat(json.path("copies")).hasSize(3);
        assertThat(json.path("copies").get(1).path("durableIndex").asLong()).isEqualTo(1290);
        assertThat(json.path("copies").get(1).path("waits").get(1).toString())
                .isEqualTo(
                        "{\"what\":\"Quorum\",\"reason\":\"entries 1289..1290 not with a quorum yet\",\"millis\":3150}");
        assertThat(json.path("copies").get(2).path("answers").asBoolean()).isFalse();
    }

    @Test
    void timesAreToldAsPeopleSayThem() {
        assertThat(List.of(
                        ShardPicture.time(999),
                        ShardPicture.time(1_000),
                        ShardPicture.time(119_999),
                        ShardPicture.time(120_000)))
                .containsExactly("999 ms", "1.0 s", "120.0 s", "2 min");
    }
}
