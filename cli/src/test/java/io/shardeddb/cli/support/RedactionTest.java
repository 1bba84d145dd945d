package io.shardeddb.cli.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RedactionTest {

    private static JsonNode yaml(String text) throws IOException {
        return new ObjectMapper(new YAMLFactory()).readTree(text);
    }

    @Test
    void removesWhatLiesWhereSecretsLie() throws IOException {
        String clean = new Redaction().object(yaml("""
                        kind: Pod
                        metadata:
                          annotations: {kubectl.kubernetes.io/last-applied-configuration: "hunter2 again"}
                          managedFields: [{manager: hunter2}]
                        spec:
                          automountServiceAccountToken: false
                          containers:
                          - env:
                            - {name: MYSQL_ROOT_PASSWORD, value: hunter2}
                            - {name: MYSQL_PASSWORD, valueFrom: {secretKeyRef: {name: students-credentials, key: mysql-root-password}}}
                            - {name: HEAP, value: 192m}
                          config: {replication-password: hunter2}
                        """)).toString();
        assertThat(clean).doesNotContain("hunter2").contains("192m").contains("students-credentials");
        assertThat(clean).contains("\"automountServiceAccountToken\":false");
    }

    @Test
    void removesEveryValueOfASecretFromEveryTextPlainAndInBase64() throws IOException {
        Redaction redaction = new Redaction();
        JsonNode secret =
                yaml("{kind: Secret, metadata: {name: s}, data: {key: aHVudGVyMg==, other: aHVudGVyMjM0NQ==}}");
        redaction.learn(secret);
        assertThat(redaction.text("login hunter2345 then hunter2, as aHVudGVyMg== says"))
                .isEqualTo("login (removed) then (removed), as (removed) says");
        assertThat(redaction.object(secret).toString()).doesNotContain("aHVu").contains("\"key\"");
    }

    @Test
    void removesPasswordsInTextsThatNoSecretHolds() {
        Redaction redaction = new Redaction();
        assertThat(redaction.text("jdbc:mariadb://h/?user=root&password=hunter2&x=1"))
                .isEqualTo("jdbc:mariadb://h/?user=root&password=(removed)&x=1");
        assertThat(redaction.text("Authorization: Bearer abc.def")).doesNotContain("abc.def");
        assertThat(redaction.text("http://root:hunter2@host/")).isEqualTo("http://root:(removed)@host/");
    }
}
