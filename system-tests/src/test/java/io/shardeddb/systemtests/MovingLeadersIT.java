package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.Shard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Reads of everything while every shard's leadership moves every two seconds, one shard after another: none fails, and
 * each has every row once, in order. 100 reads in every build, 2,000 in the profile {@code fault-tests}.
 */
@ExtendWith(SharedCluster.class)
final class MovingLeadersIT {

    private static final int READS = Integer.getInteger("scans.reads", 100);
    private static final int ROUNDS_LEAST = 5;
    private static final int CONNECTIONS = 8;
    private static final Duration ROUND = Duration.ofSeconds(2);
    /** Three quarters of a megabyte, which come in several parts: a leader that goes leaves reads in the middle. */
    private static final int ROWS_OF_A_SHARD = 3_000;

    private static final int ROWS_OF_A_WRITE = 500;
    private static final String NAME = "a student with a long name, ".repeat(8);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void readsOfEverythingSurviveMovingLeaders(RunningCluster running) throws InterruptedException {
        List<Shard> shards = running.shards(LoadedDatabase.STUDENTS);
        try (RouterClient router = new RouterClient(running.endpoint(LoadedDatabase.STUDENTS));
                Servers servers = Servers.of(running.cluster(), LoadedDatabase.STUDENTS)) {
            Rows rows = new Rows(router, Student.TABLE, RequestIds.fresh(), PATIENCE);
            for (Shard shard : shards) {
                fill(rows, shard);
            }
            try (FullReads reads = new FullReads(router, keys(rows), CONNECTIONS)) {
                int moves = 0;
                int rounds = 0;
                long due = System.nanoTime();
                while (rounds < ROUNDS_LEAST || reads.reads() < READS) {
                    for (Shard shard : shards) {
                        due += ROUND.toNanos() / shards.size();
                        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                        if (servers.handOver(shard)) {
                            reads.moved();
                            moves++;
                        }
                    }
                    rounds++;
                }
                reads.stop();
                System.out.printf(
                        "%d reads of everything, %d while a leadership moved, %d moves, %d failed%n",
                        reads.reads(), reads.crossed(), moves, reads.failures().size());
                assertThat(reads.failures()).isEmpty();
                assertThat(moves).as("leaderships that moved").isGreaterThan(rounds * shards.size() / 2);
                assertThat(reads.crossed()).as("reads while a leadership moved").isGreaterThan(moves / 2);
            }
        }
    }

    private static void fill(Rows rows, Shard shard) throws InterruptedException {
        long first = shard.getSpec().interval().from();
        for (long from = first; from < first + ROWS_OF_A_SHARD; from += ROWS_OF_A_WRITE) {
            List<Student> some = LongStream.range(from, from + ROWS_OF_A_WRITE)
                    .mapToObj(key -> new Student(key, NAME + key, 0))
                    .toList();
            Rows.check(rows.write(some.stream().map(Student::json).toList(), Rows.WriteMode.UPSERT));
        }
    }

    /** Every key that is there, those of other tests too. */
    private static List<Long> keys(Rows rows) throws InterruptedException {
        List<Long> keys = new ArrayList<>();
        rows.range(null, null, Long.MAX_VALUE, row -> keys.add(Student.of(row).id()));
        return keys;
    }
}
