package io.shardeddb.router.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.ShownRow;
import io.shardeddb.protocol.wire.WriteReply;
import org.junit.jupiter.api.Test;

class AtomicWriteTest {

    private static final long BEFORE = 3;
    private static final long PREPARED = 7;
    private static final long DECIDED = 9;

    private static ShownRow shown(long version) {
        return ShownRow.newBuilder().setVersion(version).build();
    }

    /** Else a client would send a version with its next If-Match that no row has. */
    @Test
    void rowsThatAreShownHaveTheVersionOfTheDecision() {
        WriteReply prepared = WriteReply.newBuilder()
                .setTimestamp(PREPARED)
                .addShown(shown(PREPARED))
                .addShown(shown(BEFORE))
                .addShown(ShownRow.getDefaultInstance())
                .build();
        WriteReply decided = AtomicWrite.decided(prepared, DECIDED, false);
        assertThat(decided.getTimestamp()).isEqualTo(DECIDED);
        assertThat(decided.getShownList())
                .containsExactly(shown(DECIDED), shown(BEFORE), ShownRow.getDefaultInstance());
    }
}
