package io.shardeddb.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuorumTest {
    private static List<Member> members(int count) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(new Member(new MemberId(0, i), "server-" + i));
        }
        return members;
    }

    static Stream<String> lines(String file) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(QuorumTest.class.getResourceAsStream(file)), StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.startsWith("#")).toList().stream();
        }
    }

    static Stream<String> quorums() throws IOException {
        return lines("quorums.txt");
    }

    static Stream<String> committed() throws IOException {
        return lines("committed.txt");
    }

    @ParameterizedTest
    @MethodSource("quorums")
    void hasTheWrittenSizes(String line) {
        String[] words = line.split("[ >-]*->[ ]*|(?<=\\d) +", -1);
        int size = Integer.parseInt(words[0]);
        int tolerance = Integer.parseInt(words[1]);
        if (words[2].equals("refused")) {
            assertThatThrownBy(() -> new VoterSet(members(size), tolerance))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("fault tolerance " + tolerance);
            return;
        }
        VoterSet voters = new VoterSet(members(size), tolerance);
        assertThat(List.of(voters.commitQuorum(), voters.electionQuorum()))
                .containsExactly(Integer.parseInt(words[2]), Integer.parseInt(words[3]));
    }

    @ParameterizedTest
    @MethodSource("committed")
    void commitsTheWrittenIndex(String line) {
        String[] halves = line.split(" : | -> ", -1);
        long[] matches = Arrays.stream(halves[1].split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray();
        VoterSet voters = new VoterSet(members(matches.length), Integer.parseInt(halves[0]));
        assertThat(SafetyRules.SOUND.committed(voters, matches)).isEqualTo(Long.parseLong(halves[2]));
    }

    @Test
    void everyCommitQuorumMeetsEveryElectionQuorum() {
        for (int size = 1; size <= 7; size++) {
            for (int tolerance = 0; tolerance <= (size - 1) / 2; tolerance++) {
                VoterSet voters = new VoterSet(members(size), tolerance);
                assertThat(voters.commitQuorum()).isGreaterThanOrEqualTo(Math.min(2, size));
                for (int acknowledged = 0; acknowledged < 1 << size; acknowledged++) {
                    int absent = ~acknowledged;
                    boolean commits = voters.commits(in(acknowledged));
                    boolean othersElect = voters.elects(in(absent));
                    assertThat(commits && othersElect).isFalse();
                }
            }
        }
    }

    private static java.util.function.Predicate<MemberId> in(int set) {
        return id -> (set >> id.low() & 1) == 1;
    }

    @Test
    void agreesWithTheDumbVersion() {
        Random random = new Random(42);
        for (int round = 0; round < 20_000; round++) {
            int size = 1 + random.nextInt(9);
            VoterSet voters = new VoterSet(members(size), random.nextInt((size - 1) / 2 + 1));
            long[] matches =
                    LongStream.generate(() -> random.nextInt(12)).limit(size).toArray();
            long dumb = Arrays.stream(matches)
                    .filter(index -> voters.commits(id -> matches[(int) id.low()] >= index))
                    .max()
                    .orElseThrow();
            assertThat(SafetyRules.SOUND.committed(voters, matches.clone())).isEqualTo(dumb);
        }
    }
}
