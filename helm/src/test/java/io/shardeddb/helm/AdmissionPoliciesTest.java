package io.shardeddb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.RouterSpec;
import io.shardeddb.crds.ServersSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.local.api.AdmissionPolicies;
import io.shardeddb.local.api.AdmissionPolicies.Attempt;
import io.shardeddb.operator.desired.Guards;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart's policies, their CEL evaluated: what a router and the operator may write, and what is refused and with
 * which words.
 */
final class AdmissionPoliciesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROUTER = "system:serviceaccount:default:shop-router";
    private static final String OPERATOR = "system:serviceaccount:shardeddb-system:shardeddb-operator";

    /** Fields that a router's endpoints change; all others are not a router's. */
    private static final Set<String> ALLOWED =
            Set.of("tables", "collections", "keyValueSpaces", "shards", "servers.count", "servers.named");

    private static final List<HasMetadata> CHART = Chart.objects(Map.of());
    private static final JsonNode ROUTERS = policy("shardeddb-operator-routers");
    private static final JsonNode SECRETS = policy("shardeddb-operator-secrets");

    private static JsonNode policy(String name) {
        return JSON.valueToTree(Chart.one(CHART, "ValidatingAdmissionPolicy", name, GenericKubernetesResource.class));
    }

    private static ObjectNode database() {
        return Serialization.unmarshal("""
            apiVersion: shardeddb.io/v1alpha1
            kind: ShardedDatabase
            metadata: {name: shop, namespace: default, labels: {team: a}, finalizers: [shardeddb.io/cleanup]}
            spec:
              sharding: {strategy: Range}
              tables: [{name: t, columns: [{name: a, type: Number}], primaryKey: [a]}]
              shards: [{name: sh1, low: 0, size: 10}]
              servers: {count: 3, mysql: {image: mariadb}, storage: {size: 1Gi}}
              router: {replicas: 1, service: {type: ClusterIP}}
              paused: false
            """, ObjectNode.class);
    }

    private static Optional<String> byRouter(JsonNode after) {
        return AdmissionPolicies.refusal(ROUTERS, update(ROUTER, after));
    }

    private static Attempt update(String user, JsonNode after) {
        return new Attempt(user, "UPDATE", "shardeddb.io", "shardeddatabases", "default", "shop", after, database());
    }

    /** Every field of the spec as it is now or may come to be, and those below servers each by themselves. */
    static List<String> fields() {
        List<String> fields = new ArrayList<>();
        for (RecordComponent part : ShardedDatabaseSpec.class.getRecordComponents()) {
            if (part.getType() == ServersSpec.class) {
                Arrays.stream(ServersSpec.class.getRecordComponents())
                        .forEach(field -> fields.add("servers." + field.getName()));
            } else {
                fields.add(part.getName());
            }
        }
        return fields;
    }

    @ParameterizedTest
    @MethodSource("fields")
    void letsARouterChangeTheFieldsOfItsEndpointsAndNoOthers(String field) {
        for (String value : List.of("\"other\"", "[{\"name\":\"other\"}]", "{\"a\":\"other\"}", "99", "true")) {
            ObjectNode after = database();
            ObjectNode at = (ObjectNode) after.path("spec");
            String name = field;
            if (field.startsWith("servers.")) {
                at = (ObjectNode) at.path("servers");
                name = field.substring("servers.".length());
            }
            at.set(name, Serialization.unmarshal(value, JsonNode.class));
            if (ALLOWED.contains(field)) {
                assertThat(byRouter(after)).as("%s", after).isEmpty();
            } else {
                assertThat(byRouter(after))
                        .as("%s", after)
                        .hasValueSatisfying(why -> assertThat(why).startsWith("a router may"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fields")
    void letsARouterTakeAwayNoOtherField(String field) {
        ObjectNode after = database();
        String[] path = field.split("\\.", -1);
        ObjectNode at = (ObjectNode) (path.length == 1 ? after.path("spec") : after.at("/spec/servers"));
        boolean there = at.remove(path[path.length - 1]) != null;
        assertThat(byRouter(after).isPresent()).isEqualTo(there && !ALLOWED.contains(field));
    }

    @ParameterizedTest
    @CsvSource({
        "/spec/servers/mysql, image, neither their volumes nor their pods",
        "/spec/router, administration, who may administer through them",
        "/spec/router, replicas, who may administer through them",
        "/spec/sharding, strategy, sharding",
        "/spec, collectionsOnFirstUse, collectionsOnFirstUse",
        "/metadata/labels, team, labels",
        "/metadata, annotations, annotations",
        "/metadata, ownerReferences, owners",
        "/metadata, finalizers, finalizers",
    })
    void saysWhatARouterMayNotChange(String parent, String field, String words) {
        ObjectNode after = database();
        ((ObjectNode) after.at(parent)).set(field, Serialization.unmarshal("{\"a\": \"Open\"}", JsonNode.class));
        assertThat(byRouter(after)).hasValueSatisfying(why -> assertThat(why).contains(words));
        for (RecordComponent part : RouterSpec.class.getRecordComponents()) {
            assertThat(part.getName()).isNotIn(ALLOWED);
        }
    }

    /** Metadata that the API server itself moves with each write. */
    @Test
    void letsTheServersOwnMetadataMove() {
        ObjectNode after = database();
        ((ObjectNode) after.path("metadata"))
                .put("generation", 7)
                .put("resourceVersion", "81")
                .putArray("managedFields")
                .addObject();
        after.withObject("/status").put("endpoint", "x");
        assertThat(byRouter(after)).isEmpty();
    }

    /** Other accounts are bound by their roles alone: people, the operator, the router of another database. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ann",
                OPERATOR,
                "system:serviceaccount:default:deployer",
                "system:serviceaccount:other:shop-router",
                "system:serviceaccount:default:shop2-router"
            })
    void concernsNobodyElse(String user) {
        ObjectNode after = database();
        ((ObjectNode) after.at("/spec/servers/mysql")).put("image", "other");
        assertThat(AdmissionPolicies.refusal(ROUTERS, update(user, after))).isEmpty();
    }

    private static ObjectNode secret(String name, Map<String, String> labels) {
        ObjectNode secret = JSON.createObjectNode();
        secret.put("apiVersion", "v1").put("kind", "Secret");
        secret.putObject("metadata").put("name", name).set("labels", JSON.valueToTree(labels));
        return secret;
    }

    private static Optional<String> byOperator(String operation, JsonNode secret, JsonNode before) {
        return AdmissionPolicies.refusal(
                SECRETS,
                new Attempt(
                        OPERATOR,
                        operation,
                        "",
                        "secrets",
                        "default",
                        secret.at("/metadata/name").asText(),
                        secret,
                        operation.equals("CREATE") ? null : before));
    }

    /** Both Secrets as the operator makes them. */
    static Stream<ObjectNode> own() {
        ShardedDatabase database = Serialization.unmarshal(database().toString(), ShardedDatabase.class);
        database.getMetadata().setUid("0f0f0f0f-0000-4000-8000-000000000000");
        return Stream.of(
                        Guards.credentials(database, Map.of("mysql-password", "p")),
                        Guards.administration(database, "t"))
                .map(secret -> (ObjectNode) JSON.valueToTree(secret));
    }

    @ParameterizedTest
    @MethodSource("own")
    void letsTheOperatorMakeAndPatchItsOwnSecrets(ObjectNode secret) {
        assertThat(byOperator("CREATE", secret, secret)).isEmpty();
        assertThat(byOperator("UPDATE", secret, secret)).isEmpty();
    }

    @Test
    void keepsTheOperatorsHandsOffOtherSecrets() {
        Map<String, String> labels =
                Map.of("app.kubernetes.io/managed-by", "shardeddb-operator", "shardeddb.io/database", "shop");
        ObjectNode own = secret("shop-credentials", labels);
        assertThat(byOperator("CREATE", secret("shop-credentials", Map.of()), own))
                .isPresent();
        assertThat(byOperator("CREATE", secret("registry-password", labels), own))
                .isPresent();
        assertThat(byOperator("CREATE", secret("other-credentials", labels), own))
                .isPresent();
        // A patch would show what is in it, so taking a foreign one over is refused too.
        assertThat(byOperator("UPDATE", own, secret("shop-credentials", Map.of())))
                .hasValueSatisfying(why -> assertThat(why).contains("did not make"));
        assertThat(byOperator("UPDATE", own, secret("shop-credentials", Map.of("shardeddb.io/database", "shop"))))
                .isPresent();
    }

    @Test
    void bothAreBoundAndDeny() {
        for (String name : List.of("shardeddb-operator-routers", "shardeddb-operator-secrets")) {
            JsonNode binding = JSON.valueToTree(
                    Chart.one(CHART, "ValidatingAdmissionPolicyBinding", name, GenericKubernetesResource.class));
            assertThat(binding.at("/spec/policyName").asText()).isEqualTo(name);
            assertThat(binding.at("/spec/validationActions").toString()).isEqualTo("[\"Deny\"]");
            assertThat(policy(name).at("/spec/failurePolicy").asText()).isEqualTo("Fail");
        }
        assertThat(Chart.objects(Map.of("admissionPolicies.enabled", false)))
                .extracting(HasMetadata::getKind)
                .noneMatch(kind -> kind.startsWith("ValidatingAdmission"));
    }

    /** It reads one by its name. What it does not know by name it does not find. */
    @Test
    void theOperatorCannotListSecrets() {
        String text = Chart.text(Map.of());
        assertThat(text).containsPattern("resources: \\[secrets]\\n\\s+verbs: \\[get, create, update, patch]");
    }
}
