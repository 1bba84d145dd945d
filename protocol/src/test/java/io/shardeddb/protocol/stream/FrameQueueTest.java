package io.shardeddb.protocol.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FrameQueueTest {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Recorded stream = new Recorded();
    private final FrameQueue<String> queue = new FrameQueue<>(tasks::add, String::length, stream);

    private static final class Recorded implements FrameQueue.Stream<String> {
        private final List<List<String>> frames = new ArrayList<>();
        private int takes = Integer.MAX_VALUE;

        @Override
        public boolean isReady() {
            return takes > 0;
        }

        @Override
        public void send(List<String> frame) {
            takes--;
            frames.add(frame);
        }
    }

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    void sendsTogetherWhatGatheredWhileTheThreadWasBusy() {
        queue.add("a");
        queue.add("b");
        queue.addAll(List.of("c", "d"));
        assertThat(tasks).hasSize(1);
        runTasks();
        queue.add("e");
        runTasks();
        assertThat(stream.frames).containsExactly(List.of("a", "b", "c", "d"), List.of("e"));
    }

    @Test
    void closesAFrameThatIsLarge() {
        String large = "x".repeat(200 << 10);
        queue.addAll(List.of(large, large, large, "y"));
        runTasks();
        assertThat(stream.frames).containsExactly(List.of(large, large), List.of(large, "y"));
    }

    @Test
    void keepsWhatTheStreamDoesNotTake() {
        stream.takes = 0;
        queue.addAll(List.of("a", "b", "c"));
        runTasks();
        queue.removeIf("b"::equals);
        assertThat(stream.frames).isEmpty();
        stream.takes = 1;
        queue.flush();
        runTasks();
        assertThat(stream.frames).containsExactly(List.of("a", "c"));
    }

    @Test
    void losesNothingUnderManyThreads() throws InterruptedException {
        AtomicLong sent = new AtomicLong();
        try (var thread = java.util.concurrent.Executors.newSingleThreadExecutor()) {
            FrameQueue<String> busy = new FrameQueue<>(thread, String::length, new FrameQueue.Stream<>() {
                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void send(List<String> frame) {
                    sent.addAndGet(frame.size());
                }
            });
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < 10_000; n++) {
                        busy.add("m");
                    }
                }));
            }
            for (Thread writer : writers) {
                writer.join();
            }
        }
        assertThat(sent).hasValue(40_000);
    }
}
