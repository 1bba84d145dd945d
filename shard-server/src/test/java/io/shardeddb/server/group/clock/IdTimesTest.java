package io.shardeddb.server.group.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.server.store.request.RequestWindow;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IdTimesTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final long OLDEST = NOW - RequestWindow.Limits.STANDARD.issueWindowMillis();
    private static final long NEWEST = NOW + RequestWindow.Limits.STANDARD.aheadMillis();

    private static @Nullable DatabaseException misfit(long issued, IdOrigin origin) {
        return IdTimes.misfit(RequestId.newBuilder().setIssuedAtMillis(issued).build(), origin, NOW);
    }

    @Test
    void refusesASendersIdOutsideOfTheWindow() {
        assertThat(misfit(OLDEST, IdOrigin.ID_OF_SENDER)).isNull();
        assertThat(misfit(NEWEST, IdOrigin.ID_OF_SENDER)).isNull();
        assertThat(misfit(OLDEST - 1, IdOrigin.ID_OF_SENDER)).isNotNull();
        DatabaseException ahead = Objects.requireNonNull(misfit(NEWEST + 1, IdOrigin.ID_OF_SENDER));
        assertThat(ahead.code()).isEqualTo(ErrorCode.REQUEST_TIME);
        assertThat(ahead.kind()).isEqualTo(ErrorKind.BUSY);
        assertThat(ahead.details()).containsEntry("millis", Long.toString(NOW));
    }

    /** It may have run long ago: its record, or the log, knows. */
    @Test
    void leavesAClientsOldIdToTheLog() {
        assertThat(misfit(0, IdOrigin.ID_OF_CLIENT)).isNull();
        assertThat(misfit(NEWEST + 1, IdOrigin.ID_OF_CLIENT)).isNotNull();
    }

    @Test
    void leavesTheIdsOfOlderRoutersToTheLog() {
        assertThat(misfit(0, IdOrigin.ID_ORIGIN_UNSPECIFIED)).isNull();
        assertThat(misfit(NEWEST + 1, IdOrigin.ID_ORIGIN_UNSPECIFIED)).isNull();
    }

    /** What is begun is not refused for being ahead when it is in the log, where its time is no earlier. */
    @Test
    void admitsNothingThatTheLogFindsAhead() {
        RequestWindow window = new RequestWindow(RequestWindow.Limits.STANDARD, 0);
        RequestId newest = RequestId.newBuilder().setIssuedAtMillis(NEWEST).build();
        assertThat(window.admit(newest, NOW)).isEqualTo(RequestWindow.Admission.ADMITTED);
        assertThat(window.admit(newest, NOW + 1)).isEqualTo(RequestWindow.Admission.ADMITTED);
    }
}
