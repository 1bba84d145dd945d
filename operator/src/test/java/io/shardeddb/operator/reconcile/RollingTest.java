package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Disruption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers get a new template, one at a time. */
final class RollingTest extends WorldTest {

    private Map<String, String> pods() {
        Map<String, String> uids = new TreeMap<>();
        world.admin().pods().withLabel("app.kubernetes.io/component", "server").list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .forEach(pod ->
                        uids.put(pod.getMetadata().getName(), pod.getMetadata().getUid()));
        return uids;
    }

    private List<String> warnings() {
        return world.admin().v1().events().list().getItems().stream()
                .filter(event -> event.getType().equals("Warning"))
                .map(event -> event.getReason() + ": " + event.getMessage())
                .toList();
    }

    private boolean allReplaced(Map<String, String> before) {
        Map<String, String> now = pods();
        return now.keySet().equals(before.keySet()) && now.values().stream().noneMatch(before::containsValue);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql: {image: 'mariadb:11.8'}",
                "mysql: {config: {innodb-buffer-pool-size: 256M}}",
                "resources: {limits: {memory: 1Gi}}",
                "podAnnotations: {team: data}"
            })
    void restartsOneServerAtATimeFollowersFirstAndLeadersMovedBefore(String change) {
        create(Databases.SPEC);
        Map<String, String> before = pods();
        world.servers().resetMostDown();
        int steps = world.gate().steps().size();
        database.apply(Databases.SPEC.replace("{count: 3}", "{count: 3, " + change + "}"));
        operator.settle("rolled", () -> allReplaced(before) && database.ready());
        assertThat(world.servers().mostDown()).isEqualTo(1);
        assertThat(world.servers().copiesMade()).as("nothing was copied").isEqualTo(6);
        List<String> acted =
                world.gate().steps().subList(steps, world.gate().steps().size());
        for (String pod : before.keySet()) {
            int deleted = acted.indexOf("DELETE pods/" + pod);
            int moved = acted.subList(0, deleted).lastIndexOf("TransferLeadership " + pod);
            assertThat(moved)
                    .as("the leadership was moved off " + pod + " before")
                    .isNotNegative();
        }
        assertThat(database.get().getStatus().disruption()).isNull();
    }

    @Test
    void doesNotRestartServersForAChangeThatIsNotTheirs() {
        create(Databases.SPEC);
        Map<String, String> before = pods();
        database.apply(Databases.SPEC + "router: {replicas: 2}\n");
        operator.settle("two routers", database::ready);
        assertThat(pods()).isEqualTo(before);
    }

    @Test
    void pausesWhenHealthDoesNotReturnAndGoesOnWhenItDoes() {
        create(Databases.SPEC);
        Map<String, String> before = pods();
        world.sick("server-0", true);
        world.sick("server-1", true);
        world.sick("server-2", true);
        database.apply(Databases.SPEC.replace("{count: 3}", "{count: 3, podAnnotations: {a: b}}"));
        operator.until("paused", () -> reason(ConditionType.Progressing).equals("RollingPaused"));
        assertThat(message(ConditionType.Withheld)).contains("its pod is not ready since");
        assertThat(pods().values())
                .filteredOn(before::containsValue)
                .as("two are untouched")
                .hasSize(2);
        world.sick("server-0", false);
        world.sick("server-1", false);
        world.sick("server-2", false);
        operator.settle("rolled", () -> allReplaced(before) && database.ready());
        assertThat(database.is(ConditionType.Withheld, false)).isTrue();
    }

    @Test
    void recoversFromAnImageThatDoesNotStart() {
        create(Databases.SPEC);
        Map<String, String> before = pods();
        database.apply(Databases.SPEC.replace("{count: 3}", "{count: 3, mysql: {image: 'broken:1'}}"));
        operator.until(
                "one is down",
                () -> pods().values().stream().filter(before::containsValue).count() == 2
                        && message(ConditionType.Progressing).contains("restarting server"));
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
        assertThat(pods().values()).filteredOn(before::containsValue).hasSize(2);
        database.apply(Databases.SPEC);
        operator.settle("all run again", database::ready);
        assertThat(pods().values())
                .filteredOn(before::containsValue)
                .as("the others were never restarted")
                .hasSize(2);
    }

    @Test
    void repairsADatabaseThatNeverStarted() {
        String broken = Databases.SPEC.replace("{count: 3}", "{count: 3, mysql: {image: 'broken:1'}}");
        database.apply(broken);
        operator.until(
                "pods cannot start",
                () -> database.get().getStatus() != null
                        && database.get().getStatus().servers().stream()
                                .anyMatch(server ->
                                        String.valueOf(server.message()).contains("ImagePullBackOff")));
        operator.until("a warning for each server", () -> warnings().size() == 3);
        assertThat(warnings())
                .allSatisfy(words -> assertThat(words)
                        .matches("ServersStarting: server server-[012] is not ready: .*ImagePullBackOff.*"));
        database.apply(Databases.SPEC);
        operator.settle("ready", database::ready);
    }

    @Test
    void deletesOnlyThePodThatTheTokenNames() {
        create(Databases.SPEC);
        database.apply(Databases.SPEC.replace("{count: 3}", "{count: 3, podAnnotations: {a: b}}"));
        operator.until("token", () -> database.get().getStatus().disruption() != null);
        Disruption token = Objects.requireNonNull(database.get().getStatus().disruption());
        Pod named = world.admin().pods().withName("db-" + token.server() + "-0").get();
        assertThat(token.pod()).isEqualTo(named.getMetadata().getUid());
        operator.settle("rolled", database::ready);
    }
}
