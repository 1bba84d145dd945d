package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.Reason;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.TimestampState;
import io.shardeddb.protocol.wire.Uid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TimestampPlanTest {
    private static final List<String> ALL = List.of("a", "b", "c");

    private final Map<String, ServerStatus> statuses = new HashMap<>();

    private static String volume(String server) {
        return Uids.format(uid(server));
    }

    private static Uid uid(String server) {
        return Uid.newBuilder()
                .setLow(server.charAt(0))
                .setHigh(server.length())
                .build();
    }

    private void answers(String server, TimestampState.Builder state) {
        statuses.put(
                server,
                ServerStatus.newBuilder()
                        .setVolume(uid(server))
                        .setTimestamps(state)
                        .build());
    }

    private static TimestampRecord record(long epoch, String... servers) {
        return new TimestampRecord(
                epoch,
                7,
                List.of(servers).stream()
                        .map(server -> new TimestampRecord.Member(server, volume(server), server + ":7000"))
                        .toList());
    }

    private static TimestampState.Builder state(TimestampRecord record) {
        return TimestampState.newBuilder().setGroup(record.toWire());
    }

    private Optional<TimestampPlan.Step> next(boolean wanted, @Nullable TimestampRecord record, List<String> servers) {
        Map<String, String> addresses = new HashMap<>();
        List.of("a", "b", "c", "d", "e").forEach(server -> addresses.put(server, server + ":7000"));
        return TimestampPlan.next(new TimestampPlan.World(wanted, 3, record, servers, statuses, addresses));
    }

    @Test
    void beginsWhenAllServersAnswer() {
        answers("a", TimestampState.newBuilder());
        answers("b", TimestampState.newBuilder());
        assertThat(next(true, null, ALL)).isEmpty();
        answers("c", TimestampState.newBuilder());
        assertThat(next(true, null, ALL))
                .contains(new TimestampPlan.Step.Begin(
                        new TimestampRecord(1, 0, record(1, "a", "b", "c").members())));
        assertThat(next(false, null, ALL)).isEmpty();
    }

    @Test
    void takesUpWhatServersRememberWhenTheRecordIsGone() {
        TimestampRecord old = record(4, "a", "b", "c");
        answers("a", TimestampState.newBuilder());
        answers("b", state(old));
        answers("c", state(record(3, "a", "b", "c")));
        assertThat(next(true, null, ALL)).contains(new TimestampPlan.Step.Begin(old));
    }

    @Test
    void tellsThoseThatAreBehind() {
        TimestampRecord present = record(2, "a", "b", "c");
        answers("a", state(present));
        answers("b", state(record(1, "a", "b", "c")));
        answers("d", TimestampState.newBuilder());
        assertThat(next(true, present, List.of("a", "b", "c", "d")))
                .contains(new TimestampPlan.Step.Tell(List.of("b", "d")));
    }

    @Test
    void sealsEnoughBeforeTheNextEpochBegins() {
        TimestampRecord present = record(2, "a", "b", "c");
        answers("a", state(present));
        answers("b", state(present));
        // The third has lost its volume.
        statuses.put("c", ServerStatus.newBuilder().setVolume(uid("z")).build());
        assertThat(next(true, present, ALL))
                .contains(new TimestampPlan.Step.Seal(record(2, "a", "b").members()));
        answers("a", state(present).setSealedEpoch(2).setGreatest(50));
        assertThat(next(true, present, ALL))
                .contains(new TimestampPlan.Step.Seal(record(2, "b").members()));
        answers("b", state(present).setSealedEpoch(2).setGreatest(60));
        TimestampRecord begun =
                ((TimestampPlan.Step.Begin) next(true, present, ALL).orElseThrow()).next();
        assertThat(begun.epoch()).isEqualTo(3);
        assertThat(begun.startAbove()).isEqualTo(60);
        assertThat(begun.members())
                .extracting(TimestampRecord.Member::volume)
                .containsExactly(volume("a"), volume("b"), volume("z"));
    }

    @Test
    void goesOnWhereAnotherOperatorStopped() {
        TimestampRecord present = record(2, "a", "b", "c");
        answers("a", state(present).setSealedEpoch(2));
        answers("b", state(present));
        answers("c", state(present));
        assertThat(next(true, present, ALL))
                .contains(new TimestampPlan.Step.Seal(record(2, "b", "c").members()));
    }

    @Test
    void withholdsWhatTooFewCanProve() {
        TimestampRecord present = record(2, "a", "b", "c");
        answers("a", state(present));
        statuses.put("b", ServerStatus.newBuilder().setVolume(uid("z")).build());
        statuses.put("c", ServerStatus.newBuilder().setVolume(uid("y")).build());
        assertThat(next(true, present, ALL).orElseThrow())
                .isInstanceOfSatisfying(
                        TimestampPlan.Step.Withhold.class,
                        step -> assertThat(step.refusal().reason()).isEqualTo(Reason.TimestampsUnsealed));
        assertThat(next(false, present, ALL).orElseThrow())
                .as("mode Hybrid is the way out")
                .isInstanceOf(TimestampPlan.Step.Begin.class);
    }

    @Test
    void waitsForASilentMemberAndReplacesOneThatLeaves() {
        TimestampRecord present = record(2, "a", "b", "c");
        answers("a", state(present));
        answers("b", state(present));
        answers("d", state(present));
        assertThat(next(true, present, List.of("a", "b", "c", "d"))).isEmpty();
        answers("c", state(present));
        assertThat(next(true, present, List.of("a", "b", "d")).orElseThrow())
                .isInstanceOf(TimestampPlan.Step.Seal.class);
    }
}
