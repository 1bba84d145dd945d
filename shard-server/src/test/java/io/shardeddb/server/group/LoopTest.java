package io.shardeddb.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.server.runtime.Machine;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Machine machine = new Machine(thread, InstantSource.system(), (what, cause) -> {});
    private final CompletableFuture<Error> fatal = new CompletableFuture<>();

    @AfterEach
    void end() {
        machine.close();
        thread.shutdownNow();
    }

    private static long later(long now) {
        return now + TimeUnit.SECONDS.toNanos(60);
    }

    @Test
    void anErrorOfTheMachineInATaskEndsTheProcess() throws Exception {
        Loop loop = new Loop(machine, LoopTest::later, fatal::complete);
        loop.start();
        Error noMemory = new OutOfMemoryError("as the test asked");
        loop.execute(() -> {
            throw noMemory;
        });
        assertThat(fatal.get(10, TimeUnit.SECONDS)).isSameAs(noMemory);
    }

    @Test
    void anErrorOfTheMachineInATurnEndsTheProcess() throws Exception {
        Error noMemory = new OutOfMemoryError("as the test asked");
        Loop loop = new Loop(
                machine,
                now -> {
                    throw noMemory;
                },
                fatal::complete);
        loop.start();
        assertThat(fatal.get(10, TimeUnit.SECONDS)).isSameAs(noMemory);
    }

    @Test
    void aFaultOfTheSoftwareInATaskLeavesTheOthersAlone() throws Exception {
        Loop loop = new Loop(machine, LoopTest::later, fatal::complete);
        loop.start();
        CompletableFuture<String> next = new CompletableFuture<>();
        loop.execute(() -> {
            throw new IllegalStateException("as the test asked");
        });
        loop.execute(() -> next.complete("done"));
        assertThat(next.get(10, TimeUnit.SECONDS)).isEqualTo("done");
        assertThat(fatal).isNotDone();
    }
}
