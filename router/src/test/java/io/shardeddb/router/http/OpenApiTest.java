package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.web.router.Router;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.http.direct.DirectEndpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class OpenApiTest {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    @Test
    void describesExactlyTheEndpointsThatExist() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterUnderTest router = RouterUnderTest.before(cluster)) {
            Set<String> described = new TreeSet<>();
            Map<String, Map<String, Object>> paths =
                    paths(router.send("GET", "/openapi.yaml", "").body());
            paths.forEach((path, operations) -> operations.keySet().stream()
                    .filter(METHODS::contains)
                    .forEach(method -> described.add(method + " " + path)));
            Set<String> existing = new TreeSet<>();
            router.bean(Router.class)
                    .uriRoutes()
                    .filter(route -> METHODS.contains(route.getHttpMethodName().toLowerCase(Locale.ROOT)))
                    .forEach(route -> existing.add(
                            route.getHttpMethodName().toLowerCase(Locale.ROOT) + " " + route.getUriMatchTemplate()));
            router.beans(DirectEndpoints.class).stream()
                    .flatMap(some -> some.all().stream())
                    .forEach(endpoint -> {
                        String method = endpoint.method().toLowerCase(Locale.ROOT);
                        if (METHODS.contains(method)) {
                            existing.add(method + " " + endpoint.template());
                        }
                    });
            assertThat(described).isEqualTo(existing);
        }
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterUnderTest router = RouterUnderTest.before(cluster)) {
            String text = router.send("GET", "/openapi.yaml", "").body();
            Map<String, Object> document = new Yaml().load(text);
            Matcher references = Pattern.compile("'#/([a-zA-Z/]+)'").matcher(text);
            List<String> dead = new ArrayList<>();
            int count = 0;
            while (references.find()) {
                Object at = document;
                for (String step : references.group(1).split("/", -1)) {
                    at = at instanceof Map<?, ?> map ? map.get(step) : null;
                }
                if (at == null) {
                    dead.add(references.group(1));
                }
                count++;
            }
            assertThat(count).isGreaterThan(50);
            assertThat(dead).isEmpty();
        }
    }

    private static Map<String, Map<String, Object>> paths(String text) {
        Map<String, Map<String, Map<String, Object>>> document = new Yaml().load(text);
        Map<String, Map<String, Object>> paths = document.get("paths");
        return paths == null ? Map.of() : paths;
    }
}
