package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.operator.act.ApiCalls;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What Prometheus is told. Dashboards name these figures: none may change its name, its kind, its help or its labels.
 */
final class FiguresTest {

    private final ReconcileTimes shards = new ReconcileTimes();
    private final Figures figures = new Figures(new ApiCalls(), new ReconcileTimes(), shards);

    @Test
    void namesKindsAndHelpAreTheSameForEver() {
        assertThat(lines().stream().filter(line -> line.startsWith("#")))
                .containsExactlyInAnyOrder(
                        "# HELP shardeddb_operator_kubernetes_writes_total"
                                + " Requests to Kubernetes, those of the lease not counted.",
                        "# TYPE shardeddb_operator_kubernetes_writes_total counter",
                        "# HELP shardeddb_operator_kubernetes_reads_total"
                                + " Requests to Kubernetes, those of the lease not counted.",
                        "# TYPE shardeddb_operator_kubernetes_reads_total counter",
                        "# HELP shardeddb_operator_looks_total Reconciles of a database or a shard.",
                        "# TYPE shardeddb_operator_looks_total counter",
                        "# HELP shardeddb_operator_look_seconds_total"
                                + " Time that reconciles took, waiting for servers and for Kubernetes included.",
                        "# TYPE shardeddb_operator_look_seconds_total counter",
                        "# HELP shardeddb_operator_heap_used_bytes Heap in use.",
                        "# TYPE shardeddb_operator_heap_used_bytes gauge");
    }

    @Test
    void reconcilesAreCountedByLoop() throws InterruptedException {
        shards.of(() -> Duration.ZERO);
        figures.scrape();
        shards.of(() -> Duration.ZERO);

        assertThat(lines())
                .contains(
                        "shardeddb_operator_looks_total{loop=\"database\"} 0.0",
                        "shardeddb_operator_looks_total{loop=\"shard\"} 2.0",
                        "shardeddb_operator_kubernetes_writes_total 0.0");
    }

    private List<String> lines() {
        return figures.scrape().lines().toList();
    }
}
