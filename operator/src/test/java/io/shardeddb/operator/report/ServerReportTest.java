package io.shardeddb.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Why a server is not ready, in words; and when a person is warned. */
final class ServerReportTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final StatefulSet SET =
            new StatefulSetBuilder().withNewMetadata().endMetadata().build();

    private @Nullable ServerStatus answer;

    private ServerReport.Standing standing(Pod pod) {
        return ServerReport.of(
                new DatabaseObservation(
                        Map.of("s", SET),
                        Map.of("s", pod),
                        Map.of(),
                        null,
                        new Observed(answer == null ? Map.of() : Map.of("s", answer))),
                "s",
                true);
    }

    private static PodBuilder pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withName("db-s-0")
                .endMetadata()
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("Ready")
                .withStatus("False")
                .withReason("ContainersNotReady")
                .withMessage("containers with unready status: [mysqld]")
                .endCondition()
                .endStatus();
    }

    private static ContainerStatusBuilder container(String name) {
        return new ContainerStatusBuilder().withName(name).withReady(false).withRestartCount(0);
    }

    private static Pod with(ContainerStatusBuilder... containers) {
        return pod().editStatus()
                .withContainerStatuses(List.of(containers).stream()
                        .map(ContainerStatusBuilder::build)
                        .toList())
                .endStatus()
                .build();
    }

    private static ContainerStatusBuilder running(String name) {
        return container(name)
                .withNewState()
                .withNewRunning()
                .withStartedAt("2026-01-01T00:00:00Z")
                .endRunning()
                .endState();
    }

    private static ContainerStatusBuilder waiting(String name, String reason, @Nullable String message) {
        return container(name)
                .withNewState()
                .withNewWaiting()
                .withReason(reason)
                .withMessage(message)
                .endWaiting()
                .endState();
    }

    @Test
    void saysThatThereIsNoPodYet() {
        DatabaseObservation nothing =
                new DatabaseObservation(Map.of(), Map.of(), Map.of(), null, new Observed(Map.of()));
        assertThat(ServerReport.of(nothing, "s", true))
                .isEqualTo(new ServerReport.Standing("Starting", "its StatefulSet is not made yet", false));
        DatabaseObservation set =
                new DatabaseObservation(Map.of("s", SET), Map.of(), Map.of(), null, new Observed(Map.of()));
        assertThat(ServerReport.of(set, "s", true).message()).contains("no pod");
        assertThat(standing(pod().withStatus(null).build()).message()).isEqualTo("its pod was made just now");
    }

    @Test
    void saysWhyAContainerIsStartedAgainAndAgain() {
        ServerReport.Standing standing = standing(with(
                waiting("mysqld", "CrashLoopBackOff", "back-off 40s restarting failed container")
                        .withRestartCount(4)
                        .withNewLastState()
                        .withNewTerminated()
                        .withExitCode(1)
                        .withReason("Error")
                        .withMessage("Table 'mysql.db' doesn't exist")
                        .endTerminated()
                        .endLastState(),
                running("server").withReady(true)));
        assertThat(standing.fault()).isTrue();
        assertThat(standing.message())
                .isEqualTo(
                        "mysqld: CrashLoopBackOff: back-off 40s restarting failed container, last ended with exit code"
                                + " 1 (Error: Table 'mysql.db' doesn't exist); the shard server does not answer the"
                                + " operator");
    }

    @Test
    void saysThatNoNodeTakesThePodOrItsImageIsNotThere() {
        Pod unscheduled = pod().editStatus()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage("0/1 nodes are available: 1 Insufficient memory.")
                .endCondition()
                .endStatus()
                .build();
        assertThat(standing(unscheduled).message())
                .isEqualTo("not scheduled: Unschedulable: 0/1 nodes are available: 1 Insufficient memory.");
        assertThat(standing(unscheduled).fault())
                .as("a volume may still be on its way")
                .isFalse();
        ServerReport.Standing image = standing(with(waiting("mysqld", "ImagePullBackOff", null)));
        assertThat(image.message()).isEqualTo("mysqld: ImagePullBackOff");
        assertThat(image.fault()).isTrue();
        assertThat(standing(with(waiting("mysqld", "ContainerCreating", null))))
                .isEqualTo(new ServerReport.Standing("Unreachable", "mysqld: ContainerCreating", false));
    }

    @Test
    void saysWhatTheServerSaysOfItself() {
        answer = ServerStatus.newBuilder()
                .setMysqlReachable(false)
                .addReplicas(ReplicaStatus.newBuilder()
                        .setState(ReplicaState.STALLED)
                        .setReason("Connection refused"))
                .build();
        ServerReport.Standing standing =
                standing(with(running("mysqld"), running("server").withReady(true)));
        assertThat(standing.phase()).isEqualTo("Starting");
        assertThat(standing.fault()).isFalse();
        assertThat(standing.message())
                .isEqualTo("mysqld: runs and is not ready; the shard server cannot reach its database; Connection"
                        + " refused");
        answer = ServerStatus.newBuilder()
                .setMysqlReachable(true)
                .setReadOnlyReason("the volume is nearly full")
                .build();
        assertThat(standing(with(running("server"))).message()).contains("takes no writes: the volume is nearly full");
    }

    @Test
    void isNeverEmptyWhileTheServerIsNotReady() {
        answer = ServerStatus.newBuilder().setMysqlReachable(true).build();
        Pod unclear = with(running("mysqld").withReady(true), running("server").withReady(true));
        assertThat(standing(unclear).message())
                .isEqualTo("its pod is not ready: ContainersNotReady: containers with unready status: [mysqld]");
        Pod ended = pod().editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
        assertThat(standing(ended).message()).isEqualTo("its pod is being ended");
    }

    @Test
    void warnsOnceForEachTimeThatAServerIsNotReady() {
        ServerReport.Standing ready = new ServerReport.Standing("Ready", null, false);
        ServerReport.Standing crashed = new ServerReport.Standing("Unreachable", "mysqld: CrashLoopBackOff", true);
        ServerReport.Standing again = new ServerReport.Standing("Unreachable", "mysqld: runs and is not ready", true);
        ServerWarnings warnings = ServerWarnings.NONE.after(Map.of("s", ready), START);
        warnings = warnings.after(Map.of("s", crashed), START.plusMillis(500));
        assertThat(warnings.fresh()).as("it may be over in a moment").isEmpty();
        warnings = warnings.after(Map.of("s", crashed), START.plusSeconds(3));
        assertThat(warnings.fresh()).containsExactly("server s is not ready: mysqld: CrashLoopBackOff");
        for (int i = 4; i < 300; i++) {
            warnings = warnings.after(Map.of("s", i % 2 == 0 ? again : crashed), START.plusSeconds(i));
            assertThat(warnings.fresh()).as("no flood").isEmpty();
        }
        warnings = warnings.after(Map.of("s", ready), START.plusSeconds(301));
        warnings = warnings.after(Map.of("s", crashed), START.plusSeconds(302));
        warnings = warnings.after(Map.of("s", crashed), START.plusSeconds(305));
        assertThat(warnings.fresh()).as("another time").hasSize(1);
    }

    @Test
    void aNormalStartIsNoReasonToWarnAndAnEndlessOneIs() {
        ServerReport.Standing starting = new ServerReport.Standing("Starting", "mysqld: ContainerCreating", false);
        ServerWarnings warnings = ServerWarnings.NONE.after(Map.of("s", starting), START);
        warnings = warnings.after(Map.of("s", starting), START.plusSeconds(60));
        assertThat(warnings.fresh()).isEmpty();
        warnings = warnings.after(Map.of("s", starting), START.plus(ServerWarnings.START));
        assertThat(warnings.fresh()).containsExactly("server s is not ready: mysqld: ContainerCreating");
    }
}
