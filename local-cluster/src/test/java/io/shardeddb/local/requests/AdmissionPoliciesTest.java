package io.shardeddb.local.requests;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.local.api.Rights;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bound ValidatingAdmissionPolicy refuses what service accounts write against it, and nobody else. */
final class AdmissionPoliciesTest {

    private static final String POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/frozen";
    private static final String BINDINGS =
            "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/frozen";
    private static final String MAP = "/api/v1/namespaces/default/configmaps/one";
    private static final String ROLE = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/editor";
    private static final String BINDING = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings/editor";
    private static final String EDITOR = Rights.token("default", "editor");

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private BareApi api;

    @BeforeEach
    void start() throws Exception {
        api = new BareApi(folder);
        apply(POLICIES, """
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
             "metadata": {"name": "frozen"},
             "spec": {"failurePolicy": "Fail",
              "matchConstraints": {"resourceRules": [
               {"apiGroups": [""], "apiVersions": ["*"], "operations": ["UPDATE"], "resources": ["configmaps"]}]},
              "matchConditions": [{"name": "by-the-editor", "expression": "request.userInfo.username == '%s'"}],
              "validations": [{"expression": "object.data.?kept == oldObject.data.?kept", "reason": "Forbidden",
               "message": "kept stays"}]}}
            """.formatted(EDITOR));
        apply(MAP, """
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": {"kept": "a", "free": "b"}}
            """);
        apply(ROLE, """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "editor"},
             "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "patch"]}]}
            """);
        apply(BINDING, """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "editor"},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "editor"},
             "subjects": [{"kind": "ServiceAccount", "name": "editor", "namespace": "default"}]}
            """);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        api.close();
    }

    private void apply(String path, String object) throws Exception {
        HttpResponse<String> answer =
                send(path + "?fieldManager=test&force=true", "application/apply-patch+yaml", object, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private void bind() throws Exception {
        apply(BINDINGS, """
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
             "metadata": {"name": "frozen"}, "spec": {"policyName": "frozen", "validationActions": ["Deny"]}}
            """);
    }

    private HttpResponse<String> patch(String data, String user) throws Exception {
        return send(MAP, "application/merge-patch+json", "{\"data\": " + data + "}", user);
    }

    private HttpResponse<String> send(String path, String type, String body, String user) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(api.address() + path))
                .header("Content-Type", type)
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body));
        if (!user.isEmpty()) {
            request.header("Authorization", "Bearer " + user);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void refusesWhatABoundPolicyForbids() throws Exception {
        assertThat(patch("{\"kept\": \"b\"}", EDITOR).statusCode())
                .as("not bound yet")
                .isEqualTo(200);
        bind();
        HttpResponse<String> refused = patch("{\"kept\": \"c\"}", EDITOR);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("ValidatingAdmissionPolicy 'frozen'", "denied request: kept stays");
        assertThat(patch("{\"kept\": null}", EDITOR).statusCode()).isEqualTo(403);
        HttpResponse<String> allowed = patch("{\"free\": \"c\"}", EDITOR);
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.body()).contains("\"kept\":\"b\"", "\"free\":\"c\"");
    }

    @Test
    void concernsNobodyElse() throws Exception {
        bind();
        assertThat(patch("{\"kept\": \"c\"}", "").statusCode()).isEqualTo(200);
    }
}
