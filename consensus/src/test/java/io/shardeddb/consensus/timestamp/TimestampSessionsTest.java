package io.shardeddb.consensus.timestamp;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimestampSessionsTest {
    private static final long MILLI = 1_000_000L;

    private final TimestampSessions sessions = new TimestampSessions(TimestampSessions.Times.USUAL);
    private long now = 1_000 * MILLI;
    private long clock = 1_000;
    private long request;

    TimestampSessionsTest() {
        sessions.membership(new TimestampMembership(1, 0, List.of(member(0), member(1), member(2))), now);
    }

    private static Member member(int number) {
        return new Member(new MemberId(0, number), "server-" + number);
    }

    /** Asks for a timestamp and tells which servers are asked. */
    private List<TimestampSessions.Tick> ask() {
        sessions.request(new TimestampSessions.Request(++request, 1, 0), now);
        return sessions.drain().ticks();
    }

    private static List<MemberId> asked(List<TimestampSessions.Tick> ticks) {
        return ticks.stream().map(tick -> tick.to().id()).toList();
    }

    private void passes(long millis) {
        for (long end = now + millis * MILLI; now < end; now += 5 * MILLI) {
            sessions.tick(now);
            sessions.drain();
        }
    }

    private void answer(TimestampSessions.Tick tick) {
        int number = (int) tick.to().id().low();
        sessions.answered(
                tick.to().id(), tick.session(), 1, TimestampLayout.timestamp(++clock, number), tick.count(), now);
    }

    @Test
    void asksEverybodyAsLongAsTooFewAnswer() {
        ask();
        passes(500);
        assertThat(asked(ask()))
                .as("although all of them have been silent for long")
                .containsExactly(member(0).id(), member(1).id(), member(2).id());
    }

    @Test
    void doesNotSuspectWhoIsOnlySlow() {
        List<TimestampSessions.Tick> first = ask();
        passes(100);
        answer(first.get(0));
        answer(first.get(1));
        assertThat(asked(ask())).contains(member(2).id());
    }

    @Test
    void leavesASilentServerAloneWhileTheOthersAnswer() {
        for (int i = 0; i < 20; i++) {
            ask().stream().filter(tick -> tick.to().id().low() != 2).forEach(this::answer);
            passes(30);
        }
        int toSilent = 0;
        for (int i = 0; i < 20; i++) {
            List<TimestampSessions.Tick> ticks = ask();
            assertThat(asked(ticks)).contains(member(0).id(), member(1).id());
            toSilent += ticks.size() - 2;
            ticks.stream().filter(tick -> tick.to().id().low() != 2).forEach(this::answer);
            passes(10);
        }
        assertThat(toSilent).as("ticks to the silent one in 200 ms").isLessThanOrEqualTo(2);
    }
}
