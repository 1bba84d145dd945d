package io.shardeddb.server.group.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.WriteReply;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class ResolverTest {

    private static final PreparedTransaction PREPARED = PreparedTransaction.newBuilder()
            .setAttempt(RequestId.newBuilder().setClient("r").setNumber(1))
            .build();

    @Test
    void commitsWithTheVersionOfTheDecision() {
        var step =
                Resolver.step(PREPARED, WriteReply.newBuilder().setTimestamp(77).build());
        assertThat(step).isEqualTo(Steps.commit(PREPARED.getAttempt(), 77));
    }

    /** Only an answer that says that it will never be decided lets go what is prepared. */
    @Test
    void releasesOnlyWhatCanNeverBeDecided() {
        EnumSet<ErrorCode> releasing = EnumSet.noneOf(ErrorCode.class);
        for (ErrorCode code : ErrorCode.values()) {
            WriteReply reply = WriteReply.newBuilder()
                    .setError(ErrorDetail.newBuilder().setCode(code.name()))
                    .build();
            if (Resolver.step(PREPARED, reply) != null) {
                releasing.add(code);
            }
        }
        assertThat(releasing)
                .containsExactlyInAnyOrder(
                        ErrorCode.REQUEST_NOT_RUN, ErrorCode.REQUEST_CLOSED, ErrorCode.REQUEST_EXPIRED);
    }
}
