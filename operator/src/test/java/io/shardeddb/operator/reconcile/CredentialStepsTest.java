package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.protocol.credential.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** How the operator brings a database to its secret, and to another one. */
final class CredentialStepsTest extends WorldTest {

    private static final String KEY = "server-credential";

    private Secret secret() {
        return world.admin().secrets().withName("db-credentials").get();
    }

    private Credential stored() {
        return Credential.parse(
                new String(Base64.getDecoder().decode(secret().getData().get(KEY)), StandardCharsets.UTF_8));
    }

    private String shown() {
        return String.valueOf(Objects.requireNonNull(database.get().getStatus()).credential());
    }

    private void rotate(String value) {
        world.admin().resource(database.get()).edit(present -> {
            present.getMetadata().setAnnotations(Map.of(ApiNames.ROTATE_SECRET_ANNOTATION, value));
            return present;
        });
    }

    /** The database as an older version left it: a Secret without the key, and processes that know of none. */
    private void createOld() {
        create(Databases.SPEC);
        Secret secret = secret();
        secret.getData().remove(KEY);
        world.admin().resource(secret).update();
        world.servers().credential("");
        operator.rebirth(Integer.MAX_VALUE);
    }

    private String router() {
        return world.admin()
                .pods()
                .withLabel("app.kubernetes.io/component", "router")
                .list()
                .getItems()
                .getFirst()
                .getMetadata()
                .getName();
    }

    @Test
    void aNewDatabaseRequiresItsSecretFromTheStart() {
        create(Databases.SPEC);
        assertThat(stored().required()).isTrue();
        assertThat(secret().getData()).containsOnlyKeys(KEY, "mysql-root-password");
        assertThat(shown()).isEqualTo("Required");
        assertThat(world.admin().apps().statefulSets().list().getItems()).allSatisfy(set -> {
            var pod = set.getSpec().getTemplate().getSpec();
            assertThat(pod.getVolumes())
                    .filteredOn(volume -> volume.getName().equals("credential"))
                    .singleElement()
                    .satisfies(volume -> assertThat(volume.getSecret().getItems())
                            .singleElement()
                            .satisfies(item -> assertThat(item.getKey()).isEqualTo(KEY)));
            assertThat(pod.getContainers())
                    .filteredOn(container -> container.getVolumeMounts().stream()
                            .anyMatch(mount -> mount.getName().equals("credential")))
                    .extracting(container -> container.getName())
                    .containsExactly("server");
        });
    }

    @Test
    void anOlderDatabaseRequiresItsSecretOnlyWhenTheLastProcessHasIt() {
        createOld();
        String password = secret().getData().get("mysql-root-password");
        operator.until("it gets a secret", () -> secret().getData().containsKey(KEY));
        Credential accepting = stored();
        assertThat(accepting.required()).isFalse();
        assertThat(secret().getData()).containsEntry("mysql-root-password", password);
        String router = router();
        world.servers().credential(accepting.fingerprint());
        world.servers().credential("server-1", "");
        world.servers().credential(router, "");
        operator.until("it waits", () -> shown().equals("Accepting: waits for server server-1, router " + router));
        world.servers().credentialOfAll("server-1");
        operator.rebirth(Integer.MAX_VALUE);
        operator.until("it waits for the router", () -> shown().equals("Accepting: waits for router " + router));
        assertThat(stored()).isEqualTo(accepting);
        world.servers().credentialOfAll(router);
        operator.settle("required", () -> shown().equals("Required"));
        assertThat(stored()).isEqualTo(Credential.of(accepting.shown(), true));
    }

    @Test
    void anotherSecretComesInThreeStepsEachOfWhichWaitsForAll() {
        create(Databases.SPEC);
        Credential first = stored();
        world.servers().credential(first.fingerprint());
        rotate("today");
        operator.until("both are accepted", () -> stored().accepted().size() == 2);
        Credential both = stored();
        assertThat(both.shown()).isEqualTo(first.shown());
        for (int i = 0; i < 3; i++) {
            operator.round();
        }
        assertThat(stored()).as("nobody has it yet").isEqualTo(both);
        operator.rebirth(Integer.MAX_VALUE);
        world.servers().credential(both.fingerprint());
        operator.until("the new one is shown", () -> !stored().shown().equals(first.shown()));
        Credential turned = stored();
        assertThat(turned.accepted()).isEqualTo(both.accepted());
        world.servers().credential(turned.fingerprint());
        operator.until("the old one is dropped", () -> stored().accepted().size() == 1);
        assertThat(stored().accepted()).containsExactly(turned.shown()).doesNotContain(first.shown());
        world.servers().credential(stored().fingerprint());
        operator.settle("required", () -> shown().equals("Required"));
        rotate("today");
        operator.settle(
                "nothing more",
                () -> shown().equals("Required") && stored().shown().equals(turned.shown()));
    }

    @Test
    void aSecretThatAPersonPutInIsTakenUp() {
        create(Databases.SPEC);
        Credential other = Credential.of(
                io.shardeddb.protocol.credential.DatabaseSecret.random(new java.security.SecureRandom()), true);
        Secret secret = secret();
        secret.getData()
                .put(KEY, Base64.getEncoder().encodeToString(other.text().getBytes(StandardCharsets.UTF_8)));
        world.admin().resource(secret).update();
        world.servers().credential(other.fingerprint());
        operator.settle(
                "taken up",
                () -> world.servers()
                        .lastShown()
                        .equals("Bearer " + other.shown().text()));
        assertThat(stored()).isEqualTo(other);
    }

    @Test
    void networkPoliciesNameWhoMayCome() {
        create(Databases.SPEC);
        NetworkPolicy servers = policy("db-servers");
        assertThat(servers.getSpec().getPolicyTypes()).containsExactly("Ingress");
        assertThat(servers.getSpec().getIngress()).singleElement().satisfies(rule -> {
            assertThat(rule.getPorts())
                    .extracting(port -> port.getPort().getIntVal())
                    .containsExactlyInAnyOrder(7000, 7001, 5000);
            assertThat(rule.getFrom())
                    .allSatisfy(peer ->
                            assertThat(peer.getPodSelector().getMatchLabels()).isNotEmpty())
                    .extracting(peer -> List.of(
                            peer.getPodSelector().getMatchLabels().get("app.kubernetes.io/component"),
                            String.valueOf(
                                    peer.getPodSelector().getMatchLabels().get(ApiNames.DATABASE_LABEL)),
                            peer.getNamespaceSelector() == null
                                    ? "own"
                                    : String.valueOf(peer.getNamespaceSelector().getMatchLabels())))
                    .containsExactlyInAnyOrder(
                            List.of("server", "db", "own"),
                            List.of("router", "db", "own"),
                            List.of("operator", "null", "{kubernetes.io/metadata.name=default}"));
        });
        assertThat(servers.getSpec().getPodSelector().getMatchLabels())
                .containsEntry("app.kubernetes.io/component", "server")
                .containsEntry(ApiNames.DATABASE_LABEL, "db");
        NetworkPolicy routers = policy("db-router");
        assertThat(routers.getSpec().getPodSelector().getMatchLabels())
                .containsEntry("app.kubernetes.io/component", "router")
                .containsEntry(ApiNames.DATABASE_LABEL, "db");
        assertThat(routers.getSpec().getIngress()).singleElement().satisfies(rule -> {
            assertThat(rule.getFrom()).as("anybody").isEmpty();
            assertThat(rule.getPorts())
                    .extracting(port -> port.getPort().getIntVal())
                    .containsExactlyInAnyOrder(5000, 5001);
        });
    }

    private NetworkPolicy policy(String name) {
        return world.admin().network().v1().networkPolicies().withName(name).get();
    }

    /** The databases of servers that run keep the password that they were made with. */
    @Test
    void aSecretThatIsGoneGetsNoOtherPassword() {
        create(Databases.SPEC);
        Secret kept = secret();
        world.admin().resource(kept).delete();
        operator.rebirth(Integer.MAX_VALUE);
        for (int round = 0; round < 5; round++) {
            operator.round();
        }
        assertThat(secret()).isNull();
        kept.getMetadata().setResourceVersion(null);
        kept.getMetadata().setUid(null);
        world.admin().resource(kept).create();
        operator.until("it goes on", () -> shown().equals("Required"));
        assertThat(secret().getData()).isEqualTo(kept.getData());
    }
}
