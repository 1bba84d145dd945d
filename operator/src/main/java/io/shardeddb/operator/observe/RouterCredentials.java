package io.shardeddb.operator.observe;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Which credential a router runs with. Asked only while a credential is being changed. */
@FunctionalInterface
public interface RouterCredentials {

    /** The fingerprint of a router's credential; empty when it has none, is of an older version or does not answer. */
    String fingerprint(Pod router) throws InterruptedException;

    /**
     * Asks over HTTP.
     *
     * @param port of the routers
     */
    static RouterCredentials overHttp(int port) {
        Duration patience = Duration.ofSeconds(1);
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
        ObjectMapper mapper = new ObjectMapper();
        return router -> {
            String address =
                    router.getStatus() == null ? null : router.getStatus().getPodIP();
            if (address == null || address.isEmpty()) {
                return "";
            }
            String host = address.contains(":") ? "[" + address + "]" : address;
            try {
                HttpResponse<byte[]> answer = client.send(
                        HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/health/credential"))
                                .timeout(patience)
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                return answer.statusCode() == 200
                        ? mapper.readTree(answer.body()).path("fingerprint").asText("")
                        : "";
            } catch (IOException e) {
                // Not answering is an observation: the router counts as one that has not got it.
                return "";
            }
        };
    }
}
