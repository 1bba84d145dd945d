package io.shardeddb.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.shardeddb.bench.keys.KeyDistribution;
import io.shardeddb.bench.keys.Mixing;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WorkloadTest {

    private static final int ROWS = 1_000;

    private static Population loaded() {
        Population population = new Population();
        population.acknowledged(population.reserve(ROWS), ROWS);
        return population;
    }

    private static Map<Operation.Kind, Double> parts(Workload workload) {
        SplittableRandom random = new SplittableRandom(5);
        Population population = loaded();
        Map<Operation.Kind, Double> parts = new EnumMap<>(Operation.Kind.class);
        for (int i = 0; i < 20_000; i++) {
            parts.merge(workload.next(random, population).kind(), 1 / 20_000.0, Double::sum);
        }
        return parts;
    }

    @Test
    void mixesAsYcsbPublished() {
        assertThat(parts(Ycsb.A.workload(ROWS)).get(Operation.Kind.UPDATE)).isCloseTo(0.5, within(0.02));
        assertThat(parts(Ycsb.B.workload(ROWS)).get(Operation.Kind.UPDATE)).isCloseTo(0.05, within(0.01));
        assertThat(parts(Ycsb.C.workload(ROWS))).containsOnlyKeys(Operation.Kind.READ);
        assertThat(parts(Ycsb.D.workload(ROWS)).get(Operation.Kind.INSERT)).isCloseTo(0.05, within(0.01));
        assertThat(parts(Ycsb.E.workload(ROWS)).get(Operation.Kind.SCAN)).isCloseTo(0.95, within(0.01));
        assertThat(parts(Ycsb.F.workload(ROWS)).get(Operation.Kind.READ_MODIFY_WRITE))
                .isCloseTo(0.5, within(0.02));
    }

    @Test
    void readsOnlyRowsThatAreSurelyThere() {
        Set<Long> keys = new HashSet<>();
        IntStream.range(0, ROWS).forEach(number -> keys.add(Mixing.key(number, Table.KEY_BITS)));
        Population population = loaded();
        // Begun, but not acknowledged.
        population.reserve(ROWS);
        SplittableRandom random = new SplittableRandom(3);
        Workload workload = Ycsb.D.workload(ROWS);
        for (int i = 0; i < 5_000; i++) {
            if (workload.next(random, population) instanceof Operation.Read read) {
                assertThat(keys).contains(read.key());
            }
        }
    }

    @Test
    void givesEachInsertedRowAKeyOfItsOwn() {
        Workload workload = Workload.inserts(Table.students(), 100);
        Population population = new Population();
        SplittableRandom random = new SplittableRandom(3);
        Set<Object> keys = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            Operation.Insert insert = (Operation.Insert) workload.next(random, population);
            assertThat(insert.rows()).isEqualTo(100);
            for (List<Object> row : insert.values()) {
                assertThat(row).hasSize(3);
                assertThat((String) row.get(1)).hasSize(14);
                keys.add(row.getFirst());
            }
        }
        assertThat(keys).hasSize(5_000);
    }

    @Test
    void countsRowsAsPresentWhenAllBeforeThemAre() {
        Population population = new Population();
        long first = population.reserve(10);
        long second = population.reserve(10);
        population.acknowledged(second, 10);
        assertThat(population.present()).isZero();
        population.acknowledged(first, 10);
        assertThat(population.present()).isEqualTo(20);
    }

    @Test
    void refusesPartsThatDoNotSumToOne() {
        assertThatThrownBy(() -> new Workload(
                        "odd", Table.students(), 1, Map.of(Operation.Kind.READ, 0.5), KeyDistribution.uniform(), 1, 1))
                .hasMessageContaining("sum to 0.5");
    }

    @Test
    void namesTheWorkloadsThatThereAre() {
        assertThat(Ycsb.parse("af")).containsExactly(Ycsb.A, Ycsb.F);
        assertThatThrownBy(() -> Ycsb.parse("x")).hasMessageContaining("A to F");
    }
}
