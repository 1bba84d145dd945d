package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.operator.config.OperatorSettings;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may reshape a database through its routers: as its spec says, or else as the operator is set to. */
final class AdministrationTest extends WorldTest {

    private static final String OPEN = Databases.SPEC + "router: {administration: Open}\n";

    private PodSpec router() {
        return world.admin()
                .apps()
                .deployments()
                .withName("db-router")
                .require()
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private Map<String, String> secret() {
        return world.admin().secrets().withName("db-administration").require().getData();
    }

    private static String mode(PodSpec pod) {
        return pod.getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals("ADMINISTRATION"))
                .map(EnvVar::getValue)
                .findFirst()
                .orElse("");
    }

    private static boolean mountsTheToken(PodSpec pod) {
        return pod.getVolumes().stream()
                .anyMatch(volume -> volume.getSecret() != null
                        && "db-administration".equals(volume.getSecret().getSecretName()));
    }

    private @Nullable Administration inForce() {
        return Objects.requireNonNull(database.get().getStatus()).administration();
    }

    @Test
    void makesATokenOfItsOwnForEachDatabaseAndShowsTheMode() {
        create(Databases.SPEC);
        assertThat(inForce()).isEqualTo(Administration.Token);
        assertThat(mode(router())).isEqualTo("Token");
        assertThat(mountsTheToken(router())).isTrue();
        String token = new String(Base64.getDecoder().decode(secret().get("token")), StandardCharsets.UTF_8);
        assertThat(token).matches("[0-9a-f]{64}");
        assertThat(router().getContainers().toString()).doesNotContain(token);
    }

    @Test
    void followsTheSpecAndNeverReplacesAToken() {
        create(Databases.SPEC);
        Map<String, String> first = secret();
        database.apply(OPEN);
        operator.settle("open", () -> inForce() == Administration.Open && database.ready());
        assertThat(mode(router())).isEqualTo("Open");
        assertThat(mountsTheToken(router())).isFalse();
        database.apply(Databases.SPEC);
        operator.settle("with a token", () -> inForce() == Administration.Token && database.ready());
        assertThat(secret()).isEqualTo(first);
    }

    /** A spec that is refused opens nothing. */
    @Test
    void aBadSpecChangesNothing() {
        create(Databases.SPEC);
        database.apply(OPEN.replace("low: 20", "low: 15"));
        operator.until(
                "the bad spec is seen",
                () -> Objects.equals(
                        database.get().getStatus().observedGeneration(),
                        database.get().getMetadata().getGeneration()));
        assertThat(inForce()).isEqualTo(Administration.Token);
        assertThat(mode(router())).isEqualTo("Token");
    }

    @Test
    void theSpecIsStrongerThanTheOperatorsSetting() {
        ShardedDatabaseSpec silent = databaseSpec(Databases.SPEC);
        assertThat(OperatorSettings.of(Map.of()).administration(silent)).isEqualTo(Administration.Token);
        for (Administration mode : Administration.values()) {
            OperatorSettings settings = OperatorSettings.of(Map.of("ADMINISTRATION", mode.name()));
            assertThat(settings.administration(silent)).isEqualTo(mode);
            assertThat(settings.administration(databaseSpec(OPEN))).isEqualTo(Administration.Open);
        }
        assertThatThrownBy(() -> OperatorSettings.of(Map.of("ADMINISTRATION", "open")))
                .hasMessageContaining("ADMINISTRATION")
                .hasMessageContaining("Open, Token, Off");
    }

    private static ShardedDatabaseSpec databaseSpec(String yaml) {
        return Serialization.unmarshal(yaml, ShardedDatabaseSpec.class);
    }

    /** The role names the one database; it gives no verb that /init, /add and /rm do without. */
    @Test
    void aRoutersRoleIsForItsOwnDatabase() {
        create(Databases.SPEC);
        List<PolicyRule> rules = world.admin()
                .resources(Role.class)
                .withName("db-router")
                .require()
                .getRules();
        assertThat(rules).hasSize(3);
        assertThat(rules.getFirst().getResources()).containsExactly("shardeddatabases");
        assertThat(rules.getFirst().getResourceNames()).containsExactly("db");
        assertThat(rules.getFirst().getVerbs()).containsExactly("get", "list", "watch", "patch");
        assertThat(rules.get(1).getResources()).containsExactly("shards");
        assertThat(rules.get(1).getVerbs()).containsExactly("list", "watch");
        assertThat(rules.getLast().getResources()).containsExactly("configmaps");
        assertThat(rules.getLast().getResourceNames()).containsExactly("db-accepted");
        assertThat(rules.getLast().getVerbs()).containsExactly("get", "list", "watch");
    }
}
