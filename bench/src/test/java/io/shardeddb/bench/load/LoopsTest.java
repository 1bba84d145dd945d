package io.shardeddb.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Population;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.bench.workload.Workload;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class LoopsTest {

    private static final long STALL_NANOS = 200_000_000;

    /** Keeps what it is asked to do; may stall once or refuse everything. */
    private static final class Fake implements Target {
        private final ConcurrentLinkedQueue<Operation> done = new ConcurrentLinkedQueue<>();
        private final AtomicInteger connections = new AtomicInteger();
        private final boolean stallsOnce;
        private final boolean refuses;

        Fake(boolean stallsOnce, boolean refuses) {
            this.stallsOnce = stallsOnce;
            this.refuses = refuses;
        }

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public Session connect(Table table, int client) {
            connections.incrementAndGet();
            return new Session() {
                @Override
                public void run(Operation operation) throws LoadException {
                    if (refuses) {
                        throw new LoadException("no");
                    }
                    if (stallsOnce && done.isEmpty()) {
                        done.add(operation);
                        long end = System.nanoTime() + STALL_NANOS;
                        while (System.nanoTime() - end < 0) {
                            LockSupport.parkNanos(end - System.nanoTime());
                        }
                        return;
                    }
                    done.add(operation);
                }

                @Override
                public void close() {
                    connections.decrementAndGet();
                }
            };
        }
    }

    private static final Workload INSERTS = Workload.inserts(Table.students(), 1);

    @Test
    void chargesAStallToEveryOperationThatShouldHaveBegunMeanwhile() throws Exception {
        Fake fake = new Fake(true, false);
        Measurement measured = new OpenLoop(fake, INSERTS, new Population(), 1).run(1_000, 0, 0.5, 1);
        long slow = measured.latencies().getCountBetweenValues(STALL_NANOS / 2_000, Measurement.LATENCY_MAX);
        // At 1,000 a second, half of the stall is some hundred operations; in closed loop it would be one.
        assertThat(slow).isGreaterThan(50);
    }

    @Test
    void runsAsManyOperationsAsAsked() throws Exception {
        Fake fake = new Fake(false, false);
        Measurement measured = Burst.run(fake, Table.students(), 1_000, 200, number -> new Operation.Read(number));
        assertThat(measured.operations()).isEqualTo(1_000);
        assertThat(fake.done.stream()
                        .map(operation -> ((Operation.Read) operation).key())
                        .distinct())
                .hasSize(1_000);
        assertThat(fake.connections).hasValue(0);
    }

    @Test
    void loadsTheRowsOfAWorkloadOnce() throws Exception {
        Fake fake = new Fake(false, false);
        Population population = new Population();
        ClosedLoop loop = new ClosedLoop(fake, Workload.pointReads(Table.students(), 1_000), population, 2);
        loop.load();
        loop.load();
        assertThat(population.present()).isEqualTo(1_000);
        assertThat(fake.done).hasSize(5);
    }

    @Test
    void countsRefusalsAndKeepsTheFirstReason() throws Exception {
        Measurement measured =
                Burst.run(new Fake(false, true), Table.students(), 10, 2, number -> new Operation.Read(number));
        assertThat(measured.errors()).isEqualTo(10);
        assertThat(measured.firstError()).isEqualTo("no");
        assertThat(measured.operations()).isZero();
    }

    @Test
    void endsWithTheFailureOfAClient() {
        assertThatThrownBy(() -> new ClosedLoop(
                                new Fake(false, true),
                                Workload.pointReads(Table.students(), 1_000),
                                new Population(),
                                2)
                        .load())
                .isInstanceOf(LoadException.class);
    }

    @Test
    void letsOperationsArriveAtTheGivenRate() {
        Arrivals arrivals = new Arrivals(500, new SplittableRandom(11));
        long last = 0;
        for (int i = 0; i < 100_000; i++) {
            long next = arrivals.next();
            assertThat(next).isGreaterThanOrEqualTo(last);
            last = next;
        }
        assertThat(last / 1e9).isBetween(198.0, 202.0);
    }

    @Test
    void knowsItsOwnProcessorTime() {
        double before = Processors.seconds(
                        java.util.Map.of("self", List.of(ProcessHandle.current().pid())))
                .getOrDefault("self", 0.0);
        assertThat(before).isPositive();
    }
}
