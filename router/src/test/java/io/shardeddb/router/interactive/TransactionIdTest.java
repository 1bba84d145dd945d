package io.shardeddb.router.interactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.credential.DatabaseSecret;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.RequestId;
import java.security.SecureRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TransactionIdTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final DatabaseSecret SECRET = DatabaseSecret.random(RANDOM);

    @Test
    void namesTheRouter() {
        for (String owner : new String[] {"10.0.0.7:5000", "[fd00::7]:5000", ""}) {
            TransactionId id = TransactionId.random(RANDOM, owner);
            String text = id.text(SECRET);
            assertThat(text).matches("[A-Za-z0-9_-]+");
            assertThat(TransactionId.parse(text)).isEqualTo(id);
            assertThat(id.isSigned(text, SECRET)).isTrue();
        }
    }

    @Test
    void nobodyElseCanMakeOne() {
        TransactionId id = TransactionId.random(RANDOM, "10.0.0.7:5000");
        String text = id.text(SECRET);
        assertThat(id.isSigned(text, DatabaseSecret.random(RANDOM))).isFalse();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'A' ? 'Q' : 'A';
            String changed = text.substring(0, i) + other + text.substring(i + 1);
            TransactionId parsed = TransactionId.parse(changed);
            assertThat(parsed != null && parsed.isSigned(changed, SECRET))
                    .as(changed)
                    .isFalse();
        }
        for (String wrong : new String[] {"", "a", "%%%", text.substring(0, 40), "../x"}) {
            assertThat(TransactionId.parse(wrong)).as(wrong).isNull();
        }
    }

    @Test
    void aRouterBoundsWhatAllUse() {
        Budget budget = new Budget();
        for (int i = 0; i < Budget.MOST_OPEN; i++) {
            budget.begin();
        }
        overloaded(budget::begin);
        budget.end();
        budget.begin();
        budget.use(Budget.MOST_BYTES);
        overloaded(() -> budget.use(1));
        budget.use(-1);
        budget.use(1);
    }

    private static void overloaded(ThrowingCallable what) {
        assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.OVERLOADED));
    }

    @Test
    void aRepeatedWriteIsAnsweredAgain() {
        RepeatedWrites writes = new RepeatedWrites();
        RequestId id = RequestId.newBuilder().setClient("c").setNumber(1).build();
        InteractiveTransaction.Written done = new InteractiveTransaction.Written(2, 1);
        assertThat(writes.find(id, 5)).isNull();
        assertThat(writes.remember(id, 5, done)).isEqualTo(done);
        assertThat(writes.find(id, 5)).isEqualTo(done);
        assertThatThrownBy(() -> writes.find(id, 6))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.REQUEST_CHANGED));
        writes.remember(null, 5, done);
        assertThat(writes.find(null, 5)).isNull();
        for (int i = 0; i < RepeatedWrites.MOST; i++) {
            writes.remember(id.toBuilder().setNumber(10 + i).build(), 5, done);
        }
        assertThat(writes.find(id, 5)).isNull();
    }
}
