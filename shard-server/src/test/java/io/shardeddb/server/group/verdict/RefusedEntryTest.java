package io.shardeddb.server.group.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.consensus.LogEntry;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.group.apply.PortionEnd;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.store.UnresolvedRequestException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusedEntryTest {
    private static final long NOW = 1_000_000_000_000L;
    private final RefusedEntry refused = new RefusedEntry();

    private static UnresolvedRequestException refusal(long entry) {
        return new UnresolvedRequestException(entry, 0, "INVALID_SCHEMA", new IllegalStateException("no"));
    }

    private static KnownVerdicts verdict(long at, long on, long committedTo) {
        LoggedCommand command = LoggedCommand.newBuilder()
                .setVerdict(Verdict.newBuilder().setEntry(on))
                .build();
        return KnownVerdicts.of(
                List.of(new LogEntry(at, 1, CommandPayload.ofBytes(command.toByteString()))), committedTo);
    }

    @Test
    void isTriedAgainWithLongerAndLongerPausesForEver() {
        long now = NOW;
        long expected = RefusedEntry.FIRST_PAUSE_NANOS;
        for (int i = 0; i < 10; i++) {
            refused.refused(refusal(7), now);
            assertThat(refused.isDue(now + expected - 1)).isFalse();
            assertThat(refused.isDue(now + expected)).isTrue();
            now += expected;
            expected = Math.min(RefusedEntry.LONGEST_PAUSE_NANOS, 2 * expected);
        }
        refused.refused(refusal(9), now);
        assertThat(refused.isDue(now + RefusedEntry.FIRST_PAUSE_NANOS)).isTrue();
    }

    @Test
    void isNotToldForSomeTimeBeforeItIsTriedAgain() {
        assertThat(refused.told(NOW)).isEqualTo(-1);
        refused.refused(refusal(7), NOW);
        long silent = NOW + RefusedEntry.FIRST_PAUSE_NANOS - RefusedEntry.SILENT_NANOS;
        assertThat(refused.told(silent - 1)).isEqualTo(7);
        assertThat(refused.told(silent)).isEqualTo(-1);
        refused.tries();
        assertThat(refused.told(NOW)).isEqualTo(-1);
        refused.refused(refusal(7), silent);
        assertThat(refused.told(silent)).isEqualTo(7);
        refused.appliedTo(7);
        assertThat(refused.told(silent)).isEqualTo(-1);
        assertThat(refused.open()).isNull();
    }

    @Test
    void waitsForItsVerdictOrItsTime() {
        refused.refused(refusal(7), NOW);
        long due = NOW + RefusedEntry.FIRST_PAUSE_NANOS;
        assertThat(PortionEnd.waits(6, KnownVerdicts.NONE, refused, NOW)).isFalse();
        assertThat(PortionEnd.waits(7, KnownVerdicts.NONE, refused, NOW)).isTrue();
        assertThat(PortionEnd.waits(7, KnownVerdicts.NONE, refused, due)).isFalse();
        assertThat(PortionEnd.waits(7, verdict(12, 7, 12), refused, NOW)).isFalse();
        assertThat(PortionEnd.waits(7, verdict(12, 7, 11), refused, due))
                .as("what is on its way may be committed: another try could go well")
                .isTrue();
    }

    @Test
    void whatIsBeforeItIsAppliedAndWhatIsBehindItIsNot() {
        refused.refused(refusal(7), NOW);
        assertThat(PortionEnd.beforeUndecided(4, 10, KnownVerdicts.NONE, refused))
                .isEqualTo(3);
        assertThat(PortionEnd.beforeUndecided(4, 2, KnownVerdicts.NONE, refused))
                .isEqualTo(2);
        assertThat(PortionEnd.beforeUndecided(7, 10, KnownVerdicts.NONE, refused))
                .isEqualTo(1);
        assertThat(PortionEnd.beforeUndecided(8, 10, KnownVerdicts.NONE, refused))
                .isEqualTo(10);
    }

    /** A member that has not tried the entry yet must not, either. */
    @Test
    void anEntryWithAVerdictOnItsWayIsNotTried() {
        assertThat(PortionEnd.waits(7, verdict(12, 7, 11), refused, NOW)).isTrue();
        assertThat(PortionEnd.beforeUndecided(4, 10, verdict(30, 7, 29), refused))
                .isEqualTo(3);
    }
}
