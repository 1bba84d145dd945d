package io.shardeddb.documents.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import org.junit.jupiter.api.Test;

final class DocumentRulesTest {

    @Test
    void aDocumentOfExactlyTheLimitIsStored() {
        int around = "{\"_id\":1,\"a\":\"\"}".length();
        assertThat(refusal("{\"_id\":1,\"a\":\"" + "x".repeat(DocumentRules.MAX_BYTES - around) + "\"}"))
                .isNull();
        DatabaseException refusal =
                refusal("{\"_id\":1,\"a\":\"" + "x".repeat(DocumentRules.MAX_BYTES - around + 1) + "\"}");
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.TOO_LARGE);
    }

    @Test
    void depthIsBounded() {
        String thirty = "[".repeat(30) + "]".repeat(30);
        assertThat(refusal("{\"_id\":1,\"a\":" + thirty + "}")).isNull();
        assertThat(at("{\"_id\":1,\"a\":[" + thirty + "]}")).isEqualTo("document");
    }

    @Test
    void namesThatNoPathCanNameAreRefusedWithTheirPlace() {
        assertThat(at("{\"_id\":1,\"$a\":1}")).isEqualTo("document.$a");
        assertThat(at("{\"_id\":1,\"a\":[1,{\"b.c\":1}]}")).isEqualTo("document.a.1.b.c");
        assertThat(at("{\"_id\":1,\"a\":{\"b\\u0000\":1}}")).isEqualTo("document.a.b\0");
        assertThat(at("{\"_id\":1,\"a\":\"\\ud800\"}")).isEqualTo("document.a");
        assertThat(refusal("{\"_id\":1,\"\":1,\"a$\":1}")).isNull();
    }

    @Test
    void whatIsNoObjectOrHasNoIdIsRefused() {
        assertThat(at("[1]")).isEqualTo("document");
        assertThat(at("{\"a\":1}")).isEqualTo("document._id");
        assertThat(at("{\"_id\":null}")).isEqualTo("document._id");
    }

    private static String at(String json) {
        DatabaseException refusal = refusal(json);
        assertThat(refusal).as(json).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_DOCUMENT);
        return String.valueOf(refusal.details().get("at"));
    }

    private static DatabaseException refusal(String json) {
        return catchThrowableOfType(
                DatabaseException.class,
                () -> DocumentRules.storable(DocumentValue.parse(json), new Place("document")));
    }
}
