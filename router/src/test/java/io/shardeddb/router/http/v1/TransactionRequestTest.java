package io.shardeddb.router.http.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.router.interactive.IsolationLevel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TransactionRequestTest {

    private static TransactionRequest parse(String body) {
        return TransactionRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsNotSaidIsUsual() {
        TransactionRequest usual = new TransactionRequest(IsolationLevel.SNAPSHOT, false, 10, 60);
        assertThat(parse("")).isEqualTo(usual);
        assertThat(parse("{}")).isEqualTo(usual);
        assertThat(parse("{\"level\":\"serializable\",\"readOnly\":true,\"idleSeconds\":60,\"seconds\":300}"))
                .isEqualTo(new TransactionRequest(IsolationLevel.SERIALIZABLE, true, 60, 300));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        for (String wrong : new String[] {
            "[]",
            "1",
            "{",
            "{\"level\":\"Snapshot\"}",
            "{\"level\":null}",
            "{\"readOnly\":\"true\"}",
            "{\"idleSeconds\":0}",
            "{\"idleSeconds\":61}",
            "{\"seconds\":301}",
            "{\"seconds\":1.5}",
            "{\"seconds\":99999999999}",
            "{\"timeout\":1}",
            "{} {}",
        }) {
            assertThatThrownBy(() -> parse(wrong))
                    .as(wrong)
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            error -> assertThat(error.kind()).isEqualTo(ErrorKind.INVALID));
        }
    }
}
