package io.shardeddb.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a Kubernetes API. Objects are JSON trees, so every field survives whether this program knows it or not.
 */
public final class Api implements AutoCloseable {

    /** Who the command line says it is in what it writes. */
    public static final String FIELD_MANAGER = "sdb";

    private static final String PLAIN = "application/json";
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    private final Transport transport;

    private Api(Transport transport) {
        this.transport = transport;
    }

    /** An API that asks for no credentials. */
    public static Api local(URI address) {
        return new Api(new PlainTransport(address));
    }

    /** An API with the credentials of a client. Closes it. */
    public static Api of(KubernetesClient client) {
        return new Api(new KubeconfigTransport(client));
    }

    /** How an object is applied. */
    public enum Applying {
        /** Fields that others manage are left to them: the request is refused with a conflict. */
        REFUSE_CONFLICTS,
        /** What the object says is taken over from its manager. */
        FORCE,
        /** As {@link #FORCE}, with all checks and nothing stored. */
        DRY_RUN
    }

    public String address() {
        return transport.address();
    }

    /**
     * An object or list.
     *
     * @throws ApiRefused when the API refuses, for example because it is not there
     */
    public JsonNode get(String path) {
        return exchange(Transport.Request.get(path, PLAIN));
    }

    /** An object, if it is there. */
    public Optional<JsonNode> find(String path) {
        try {
            return Optional.of(get(path));
        } catch (ApiRefused e) {
            if (e.notFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The items of a list. */
    public List<JsonNode> list(String path) {
        JsonNode answer = get(path);
        return StreamSupport.stream(answer.path("items").spliterator(), false).toList();
    }

    /**
     * An object or list in the API's table form; some lists come as they are, when a server knows no tables for them.
     */
    public JsonNode table(String path) {
        return exchange(Transport.Request.get(path, TABLE));
    }

    /** A text, for example a log. */
    public String text(String path) {
        return answer(Transport.Request.get(path, "*/*")).body();
    }

    /**
     * Server-side apply.
     *
     * @return the object as it then is
     */
    public JsonNode apply(String path, JsonNode object, Applying how) {
        String query = "?fieldManager=" + FIELD_MANAGER
                + switch (how) {
                    case REFUSE_CONFLICTS -> "";
                    case FORCE -> "&force=true";
                    case DRY_RUN -> "&force=true&dryRun=All";
                };
        return exchange(request("PATCH", path + query, "application/apply-patch+yaml", object));
    }

    /** Merge patch: what the patch holds is set, null removes. */
    public JsonNode merge(String path, JsonNode patch) {
        return merge(path, patch, FIELD_MANAGER);
    }

    /** As {@link #merge(String, JsonNode)}, under another field manager's name. */
    public JsonNode merge(String path, JsonNode patch, String manager) {
        return exchange(
                request("PATCH", path + "?fieldManager=" + encoded(manager), "application/merge-patch+json", patch));
    }

    /**
     * Asks for deletion; what the object owns follows in the background, the object goes when its finalizers are done.
     */
    public JsonNode delete(String path) {
        ObjectNode options = Json.object();
        options.put("apiVersion", "v1").put("kind", "DeleteOptions").put("propagationPolicy", "Background");
        return exchange(request("DELETE", path, PLAIN, options));
    }

    /**
     * Follows changes until the consumer says no or the server ends the stream.
     *
     * @param asTable in the API's table form
     * @param more gets each event, {@code {type, object}}; false ends
     * @return false when the consumer ended it
     */
    public boolean watch(String path, boolean asTable, Predicate<JsonNode> more) {
        try (InputStream stream = transport.stream(Transport.Request.get(path, asTable ? TABLE : PLAIN));
                MappingIterator<JsonNode> events =
                        Json.MAPPER.readerFor(JsonNode.class).readValues(stream)) {
            while (events.hasNextValue()) {
                if (!more.test(events.nextValue())) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * The kind of an object that someone wrote down.
     *
     * @throws CommandFailure when the API does not serve it
     */
    public ResourceKind kindOf(String apiVersion, String kind) {
        Optional<ResourceKind> known = KnownKinds.of(apiVersion, kind);
        if (known.isPresent()) {
            return known.get();
        }
        String path = apiVersion.contains("/") ? "/apis/" + apiVersion : "/api/" + apiVersion;
        for (JsonNode resource :
                find(path).map(found -> found.path("resources")).orElse(Json.MAPPER.createArrayNode())) {
            if (resource.path("kind").asText().equals(kind)
                    && !resource.path("name").asText().contains("/")) {
                return new ResourceKind(
                        apiVersion,
                        kind,
                        resource.path("name").asText(),
                        resource.path("namespaced").asBoolean());
            }
        }
        throw new CommandFailure(ExitCode.DATA, "the cluster knows no kind " + kind + " in " + apiVersion);
    }

    /** A value in a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Transport.Request request(String method, String path, String contentType, JsonNode body) {
        return new Transport.Request(method, path, PLAIN, contentType, body.toString());
    }

    private JsonNode exchange(Transport.Request request) {
        try {
            return Json.MAPPER.readTree(answer(request).body());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "the API at " + address() + " answered with something that is not JSON", e);
        }
    }

    private Transport.Reply answer(Transport.Request request) {
        try {
            Transport.Reply reply = transport.send(request);
            if (reply.status() >= 400) {
                throw ApiRefused.of(reply);
            }
            return reply;
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private CommandFailure unreachable(IOException e) {
        @Nullable String why = e.getMessage();
        return new CommandFailure(
                ExitCode.UNAVAILABLE,
                "the Kubernetes API at " + address() + " does not answer: " + (why == null ? e.toString() : why),
                e);
    }

    /** A port of this machine that leads to pods, chosen for each connection. The caller closes it. */
    public PodPorts ports(Supplier<PodPorts.PodPort> choice) {
        try {
            return transport.ports(choice);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.CANNOT_CREATE, "cannot forward a port: " + e.getMessage(), e);
        }
    }

    private static CommandFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CommandFailure(ExitCode.INTERRUPTED, "interrupted", e);
    }

    @Override
    public void close() {
        transport.close();
    }
}
