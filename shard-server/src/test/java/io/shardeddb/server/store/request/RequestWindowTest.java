package io.shardeddb.server.store.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.RequestId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestWindowTest {

    private static final RequestWindow.Limits LIMITS = new RequestWindow.Limits(50, 1_000, 100);

    private static RequestId id(String client, long number, long issued) {
        return RequestId.newBuilder()
                .setClient(client)
                .setNumber(number)
                .setIssuedAtMillis(issued)
                .build();
    }

    @Test
    void forgetsByLoggedTime() {
        RequestWindow window = new RequestWindow(LIMITS, 0);
        window.remember(1, id("a", 1, 10), 10);
        window.remember(2, id("a", 2, 500), 500);

        assertThat(window.expire(10 + LIMITS.retentionMillis())).isZero();
        assertThat(window.expire(11 + LIMITS.retentionMillis())).isEqualTo(1);
        assertThat(window.candidates(id("a", 1, 10))).isEmpty();
        assertThat(window.candidates(id("a", 2, 500))).containsExactly(2);
        assertThat(window.floor()).isEqualTo(10);
    }

    @Test
    void forgetsTheRecordsOfAnEntryTogether() {
        RequestWindow window = new RequestWindow(LIMITS, 0);
        for (int i = 0; i < 30; i++) {
            window.remember(1, id("a", i, 5 + i), 40);
        }
        for (int i = 0; i < 21; i++) {
            window.remember(2, id("b", i, 50), 50);
        }

        assertThat(window.expire(50)).isEqualTo(1);
        assertThat(window.count()).isEqualTo(21);
        assertThat(window.floor()).isEqualTo(34);
    }

    @Test
    void admitsOnlyWhatCannotHaveBeenForgotten() {
        RequestWindow window = new RequestWindow(LIMITS, 200);

        assertThat(window.admit(id("a", 1, 200), 250)).isEqualTo(RequestWindow.Admission.EXPIRED);
        assertThat(window.admit(id("a", 1, 201), 250)).isEqualTo(RequestWindow.Admission.ADMITTED);
        assertThat(window.admit(id("a", 1, 201), 1_202)).isEqualTo(RequestWindow.Admission.EXPIRED);
        assertThat(window.admit(id("a", 1, 350), 250)).isEqualTo(RequestWindow.Admission.ADMITTED);
        assertThat(window.admit(id("a", 1, 351), 250)).isEqualTo(RequestWindow.Admission.AHEAD_OF_TIME);
    }

    /** Against a list that is searched from end to end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesAsThePlainListDoes(long seed) {
        Random random = new Random(seed);
        RequestWindow window = new RequestWindow(new RequestWindow.Limits(400, 300, 50), 0);
        List<long[]> plain = new ArrayList<>();
        Map<Long, RequestId> ids = new HashMap<>();
        long now = 0;
        long number = 0;
        for (long index = 1; index < 2_000; index++) {
            now += random.nextInt(3);
            for (int i = random.nextInt(4); i > 0; i--) {
                RequestId id = id("c" + random.nextInt(3), number, now - random.nextInt(20));
                ids.put(number, id);
                window.remember(index, id, now);
                plain.add(new long[] {index, number++, now});
            }
            long last = 0;
            while (!plain.isEmpty()
                    && (plain.getFirst()[0] == last || plain.size() > 400 || plain.getFirst()[2] < now - 350)) {
                last = plain.removeFirst()[0];
            }
            assertThat(window.expire(now)).isEqualTo(last);
            assertThat(window.count()).isEqualTo(plain.size());
            long asked = number == 0 ? 0 : random.nextLong(number);
            RequestId id = ids.get(asked);
            if (id != null) {
                long[] expected = plain.stream()
                        .filter(entry -> entry[1] == asked)
                        .flatMapToLong(entry -> LongStream.of(entry[0]))
                        .toArray();
                assertThat(window.candidates(id))
                        .as("seed %d, index %d", seed, index)
                        .isEqualTo(expected);
            }
        }
    }
}
