package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database goes, whatever state it is in. */
final class RemovalTest extends WorldTest {

    private List<String> left() {
        List<String> left = new ArrayList<>();
        Stream.of(
                        "shardeddatabases.shardeddb.io",
                        "shards.shardeddb.io",
                        "statefulsets.apps",
                        "deployments.apps",
                        "replicasets.apps",
                        "pods",
                        "services",
                        "secrets",
                        "configmaps",
                        "serviceaccounts",
                        "roles.rbac.authorization.k8s.io",
                        "rolebindings.rbac.authorization.k8s.io",
                        "poddisruptionbudgets.policy",
                        "networkpolicies.networking.k8s.io",
                        "persistentvolumeclaims")
                .forEach(resource -> {
                    for (ObjectNode object : world.list(resource)) {
                        left.add(resource.replaceAll("\\..*", "") + "/" + Meta.name(object));
                    }
                });
        left.sort(null);
        return left;
    }

    private String password() {
        return Objects.requireNonNull(world.get("secrets", "db-credentials"))
                .path("data")
                .toString();
    }

    private void delete() {
        world.servers().mayLoseAll();
        database.delete();
        operator.until("the resource is gone", () -> database.find() == null);
    }

    @Test
    void isGoneOnlyWhenItsPodsAndVolumesAre() {
        create(Databases.SPEC.replace("Retain", "Delete"));
        delete();
        assertThat(world.list("pods")).isEmpty();
        assertThat(world.list("persistentvolumeclaims")).isEmpty();
        operator.until("nothing is left", () -> left().isEmpty());
    }

    @Test
    void keepsVolumesAndWhatTheyNeedWithPolicyRetainAndGoesOnWithThem() {
        create(Databases.SPEC);
        Uid group = database.group("sh1");
        delete();
        List<String> kept = List.of(
                "configmaps/db-accepted",
                "persistentvolumeclaims/data-db-server-0-0",
                "persistentvolumeclaims/data-db-server-1-0",
                "persistentvolumeclaims/data-db-server-2-0",
                "secrets/db-credentials");
        operator.until("only what was kept is left", () -> left().equals(kept));
        String password = password();
        create(Databases.SPEC);
        assertThat(database.group("sh1")).isEqualTo(group);
        assertThat(world.servers().copiesMade()).as("no copy was made anew").isEqualTo(6);
        assertThat(password()).isEqualTo(password);
        assertThat(world.servers().strays()).isEmpty();
        database.apply(Databases.SPEC.replace("Retain", "Delete"));
        operator.settle("policy changed", database::ready);
        delete();
        operator.until("nothing is left", () -> left().isEmpty());
    }

    @Test
    void refusesASpecThatDiffersFromWhatTheKeptVolumesHold() {
        create(Databases.SPEC);
        delete();
        database.apply(Databases.SPEC.replace("{name: sh3, low: 20", "{name: sh3, low: 40"));
        operator.until("refused", () -> database.get().getStatus() != null);
        assertThat(message(io.shardeddb.crds.ConditionType.Ready)).contains("the interval of sh3 cannot change");
        operator.until(
                "no server is made", () -> world.list("statefulsets.apps").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 10, 17, 20, 30})
    void endsAHalfMadeDatabase(int rounds) {
        world.sick("server-1", true);
        database.apply(Databases.SPEC.replace("Retain", "Delete"));
        for (int i = 0; i < rounds; i++) {
            operator.round();
        }
        delete();
        operator.until("nothing is left", () -> left().isEmpty());
    }

    @Test
    void endsADatabaseWithoutServersThatAnswer() {
        create(Databases.SPEC.replace("Retain", "Delete"));
        List.of("server-0", "server-1", "server-2")
                .forEach(server -> world.servers().freeze(server, true));
        delete();
        operator.until("nothing is left", () -> left().isEmpty());
    }

    @Test
    void endsADatabaseThatNeverHadAGoodSpec() {
        database.apply(Databases.SPEC.replace("low: 20", "low: 15"));
        operator.round();
        operator.round();
        delete();
        assertThat(left()).isEmpty();
    }
}
