package io.shardeddb.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.TryTablesReply;
import io.shardeddb.protocol.wire.TryTablesRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TrialsTest {
    private static final TryTablesRequest REQUEST = TryTablesRequest.getDefaultInstance();

    /** However often it is asked while a database hangs, one thread hangs with it. */
    @Test
    void oneAtATimeAndTheOthersAreToldSoAtOnce() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        Trials trials = new Trials(request -> {
            begun.incrementAndGet();
            try {
                if (!hangs.await(30, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the test never let it go");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return TryTablesReply.newBuilder().setEngine("it").build();
        });
        CompletableFuture<TryTablesReply> first = trials.run(REQUEST);
        for (int i = 0; i < 50; i++) {
            CompletableFuture<TryTablesReply> other = trials.run(REQUEST);
            assertThat(other).isDone();
            assertThat(other.join().getError().getCode()).isEqualTo("OVERLOADED");
        }
        hangs.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS).getEngine()).isEqualTo("it");
        assertThat(begun).hasValue(1);
        assertThat(trials.run(REQUEST).get(10, TimeUnit.SECONDS).getEngine()).isEqualTo("it");
    }

    @Test
    void goesOnAfterAFault() {
        Trials trials = new Trials(request -> {
            throw new IllegalStateException("a fault");
        });
        assertThat(trials.run(REQUEST)).failsWithin(Duration.ofSeconds(10));
        assertThat(trials.run(REQUEST)).failsWithin(Duration.ofSeconds(10));
    }
}
