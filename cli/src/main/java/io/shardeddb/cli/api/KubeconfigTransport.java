package io.shardeddb.cli.api;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * To any cluster that a kubeconfig leads to: certificates, tokens and login programs are the Kubernetes client's
 * business.
 */
final class KubeconfigTransport implements Transport {

    private static final long ANSWER_SECONDS = 30;

    private final KubernetesClient client;
    private final URI address;

    KubeconfigTransport(KubernetesClient client) {
        this.client = client;
        this.address = URI.create(client.getMasterUrl().toString());
    }

    @Override
    public Reply send(Request request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                await(client.getHttpClient().sendAsync(built(request, false), String.class), request);
        return new Reply(response.code(), response.body() == null ? "" : response.body());
    }

    @Override
    public InputStream stream(Request request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                await(client.getHttpClient().sendAsync(built(request, true), InputStream.class), request);
        if (!response.isSuccessful()) {
            try (InputStream body = response.body()) {
                throw ApiRefused.of(
                        new Reply(response.code(), new String(body.readAllBytes(), StandardCharsets.UTF_8)));
            }
        }
        return response.body();
    }

    @Override
    public PodPorts ports(Supplier<PodPorts.PodPort> choice) throws IOException {
        return PodPorts.open(client, choice);
    }

    private HttpRequest built(Request request, boolean streaming) {
        HttpClient http = client.getHttpClient();
        String path = request.path().startsWith("/") ? request.path().substring(1) : request.path();
        String root = address.toString().endsWith("/") ? address.toString() : address + "/";
        HttpRequest.Builder builder =
                http.newHttpRequestBuilder().uri(root + path).header("Accept", request.accept());
        String body = request.body();
        String contentType = request.contentType();
        if (body == null || contentType == null) {
            builder.method(request.method(), "application/json", (String) null);
        } else {
            builder.method(request.method(), contentType, body);
        }
        if (streaming) {
            builder.forStreaming();
        } else {
            builder.timeout(ANSWER_SECONDS, TimeUnit.SECONDS);
        }
        return builder.build();
    }

    private static <T> HttpResponse<T> await(CompletableFuture<HttpResponse<T>> answer, Request request)
            throws IOException, InterruptedException {
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof IOException io ? io : new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException(
                    "no answer to " + request.method() + " " + request.path() + " within " + ANSWER_SECONDS + " s", e);
        }
    }

    @Override
    public String address() {
        return address.toString();
    }

    @Override
    public void close() {
        client.close();
    }
}
