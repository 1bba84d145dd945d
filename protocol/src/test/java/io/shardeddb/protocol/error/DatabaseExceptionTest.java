package io.shardeddb.protocol.error;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.ErrorDetail;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatabaseExceptionTest {

    @Test
    void goesOverTheWireAndBack() {
        DatabaseException error =
                new DatabaseException(ErrorCode.MOVED, "elsewhere", Map.of("epoch", "2")).with("x", "y");
        DatabaseException back = DatabaseException.ofWire(error.toWire());
        assertThat(back.code()).isEqualTo(ErrorCode.MOVED);
        assertThat(back.text()).isEqualTo("elsewhere");
        assertThat(back.details()).isEqualTo(Map.of("epoch", "2", "x", "y"));
    }

    @Test
    void aCodeOfANewerVersionConcludesTheLeast() {
        assertThat(DatabaseException.ofWire(
                                ErrorDetail.newBuilder().setCode("LATER").build())
                        .kind())
                .isEqualTo(ErrorKind.UNKNOWN);
    }

    @Test
    void statusesTellTheKinds() {
        for (ErrorCode code : ErrorCode.values()) {
            switch (code.kind()) {
                case INVALID -> assertThat(code.httpStatus()).as(code.name()).isBetween(400, 422);
                case REFUSED -> assertThat(code.httpStatus()).as(code.name()).isIn(403, 404, 409, 412, 503);
                case BUSY -> assertThat(code.httpStatus()).as(code.name()).isEqualTo(503);
                case FAILED -> assertThat(code.httpStatus()).as(code.name()).isIn(500, 503);
                case UNKNOWN -> assertThat(code.httpStatus()).as(code.name()).isEqualTo(504);
            }
        }
    }
}
