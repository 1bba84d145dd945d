package io.shardeddb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.desired.Routers;
import io.shardeddb.operator.desired.Servers;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** Every pod that we make may run where the restricted pod security standard is enforced. */
final class RestrictedPodsTest {

    private static final OperatorSettings SETTINGS = OperatorSettings.of(Map.of());

    private static ShardedDatabase database() {
        ShardedDatabase database = Serialization.unmarshal("""
            apiVersion: shardeddb.io/v1alpha1
            kind: ShardedDatabase
            metadata: {name: shop, namespace: default, uid: 0f0f0f0f-0000-4000-8000-000000000000}
            spec:
              sharding: {strategy: Hash}
              shardCount: 2
              servers: {count: 3}
            """, ShardedDatabase.class);
        assertThat(database.getSpec().servers().count()).isEqualTo(3);
        return database;
    }

    static PodSpec operator() {
        return Chart.one(Chart.objects(Map.of()), "Deployment", "shardeddb-operator", Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static PodSpec server() {
        return Servers.statefulSet(database(), "Server0", "shop-server0", SETTINGS)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    static PodSpec router() {
        return Routers.deployment(database(), SETTINGS).getSpec().getTemplate().getSpec();
    }

    @Test
    void theOperatorsPodIsRestricted() {
        assertThat(PodSecurity.violations(operator())).isEmpty();
        assertReadOnlyWithScratch(operator(), "operator");
    }

    @Test
    void aServersPodIsRestricted() {
        assertThat(PodSecurity.violations(server())).isEmpty();
        assertReadOnlyWithScratch(server(), "server");
        assertReadOnlyWithScratch(server(), "mysqld");
    }

    /** A process's environment is shown by more tools than a file that only its group may read. */
    @Test
    void passwordsAreFiles() {
        assertThat(server().getContainers())
                .allSatisfy(container -> assertThat(container.getEnv())
                        .noneMatch(variable -> variable.getValueFrom() != null
                                && variable.getValueFrom().getSecretKeyRef() != null)
                        .anyMatch(variable -> variable.getName().endsWith("PASSWORD_FILE")));
    }

    @Test
    void aRoutersPodIsRestricted() {
        assertThat(PodSecurity.violations(router())).isEmpty();
        assertReadOnlyWithScratch(router(), "router");
    }

    /** Without fsGroup a new volume belongs to root, and the processes, which do not run as root, could not write. */
    @Test
    void aServersVolumeBelongsToItsProcesses() {
        assertThat(server().getSecurityContext().getFsGroup())
                .isNotNull()
                .isEqualTo(server().getSecurityContext().getRunAsGroup());
        assertThat(server().getSecurityContext().getRunAsUser()).isNotNull().isPositive();
    }

    /** Files of an image's base belong to group 0; the token's file belongs to the router's own. */
    @Test
    void aRouterIsNotInGroupZeroAndReadsItsToken() {
        assertThat(router().getSecurityContext().getRunAsGroup()).isNotNull().isPositive();
        assertThat(router().getSecurityContext().getFsGroup())
                .isEqualTo(router().getSecurityContext().getRunAsGroup());
        assertThat(router().getVolumes())
                .map(Volume::getSecret)
                .filteredOn(secret -> secret != null)
                .map(SecretVolumeSource::getSecretName, SecretVolumeSource::getDefaultMode)
                .contains(Tuple.tuple("shop-administration", 0440));
        assertThat(router().getContainers().getFirst().getEnv())
                .map(EnvVar::getValueFrom)
                .filteredOn(source -> source != null && source.getSecretKeyRef() != null)
                .as("secrets in the environment")
                .isEmpty();
    }

    /** The API server is the operator's and the router's business alone. */
    @Test
    void serversGetNoServiceAccountToken() {
        assertThat(server().getAutomountServiceAccountToken()).isFalse();
        assertThat(router().getServiceAccountName()).isEqualTo("shop-router");
    }

    @Test
    void theCheckFindsWhatIsForbidden() {
        PodSpec pod = new PodSpecBuilder()
                .withHostNetwork(true)
                .addNewVolume()
                .withName("host")
                .withNewHostPath()
                .withPath("/")
                .endHostPath()
                .endVolume()
                .withContainers(new ContainerBuilder()
                        .withName("bare")
                        .addNewPort()
                        .withHostPort(80)
                        .endPort()
                        .build())
                .build();
        assertThat(PodSecurity.violations(pod))
                .containsExactlyInAnyOrder(
                        "hostNetwork",
                        "volume host: hostPath",
                        "bare: allowPrivilegeEscalation must be false",
                        "bare: runAsNonRoot must be true",
                        "bare: seccompProfile must be RuntimeDefault or Localhost",
                        "bare: capabilities must drop ALL",
                        "bare: hostPort 80");
    }

    private static void assertReadOnlyWithScratch(PodSpec pod, String name) {
        Container container = pod.getContainers().stream()
                .filter(c -> c.getName().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        List<String> scratch = container.getVolumeMounts().stream()
                .filter(mount -> mount.getMountPath().equals("/tmp"))
                .map(mount -> mount.getName())
                .toList();
        assertThat(scratch).as("a folder for temporary files").hasSize(1);
        assertThat(pod.getVolumes()).anySatisfy(volume -> {
            assertThat(volume.getName()).isEqualTo(scratch.getFirst());
            assertThat(volume.getEmptyDir()).isNotNull();
        });
    }
}
