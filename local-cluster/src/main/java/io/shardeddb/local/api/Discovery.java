package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.tree.Tree;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a client asks first: versions, groups and resources. */
final class Discovery {
    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
    private static final List<String> REVIEWS = List.of("authorization.k8s.io", "authentication.k8s.io");

    private final Kinds kinds;
    private final String address;

    Discovery(Kinds kinds, String address) {
        this.kinds = kinds;
        this.address = address;
    }

    static ObjectNode version() {
        ObjectNode version = Tree.object();
        version.put("major", "1");
        version.put("minor", "32");
        version.put("gitVersion", "v1.32.0+shardeddb-local");
        version.put("gitCommit", "");
        version.put("gitTreeState", "clean");
        version.put("buildDate", "1970-01-01T00:00:00Z");
        version.put("goVersion", "none");
        version.put("compiler", "javac");
        version.put("platform", "linux/amd64");
        return version;
    }

    ObjectNode coreVersions() {
        ObjectNode versions = Tree.object();
        versions.put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        ObjectNode server = versions.putArray("serverAddressByClientCIDRs").addObject();
        server.put("clientCIDR", "0.0.0.0/0");
        server.put("serverAddress", address);
        return versions;
    }

    ObjectNode groups() {
        ObjectNode list = Tree.object();
        list.put("kind", "APIGroupList");
        list.put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        kinds.groups().forEach((name, versions) -> groups.add(groupBody(name, versions)));
        REVIEWS.forEach(name -> groups.add(groupBody(name, Set.of("v1"))));
        return list;
    }

    @Nullable
    ObjectNode group(String name) {
        Set<String> versions =
                REVIEWS.contains(name) ? Set.of("v1") : kinds.groups().get(name);
        if (versions == null) {
            return null;
        }
        ObjectNode group = groupBody(name, versions);
        group.put("kind", "APIGroup");
        group.put("apiVersion", "v1");
        return group;
    }

    private static ObjectNode groupBody(String name, Set<String> versions) {
        ObjectNode group = Tree.object();
        group.put("name", name);
        ArrayNode list = group.putArray("versions");
        for (String version : versions) {
            ObjectNode one = list.addObject();
            one.put("groupVersion", name + "/" + version);
            one.put("version", version);
        }
        group.set("preferredVersion", list.get(0));
        return group;
    }

    @Nullable
    ObjectNode resources(String group, String version) {
        ObjectNode list = Tree.object();
        list.put("kind", "APIResourceList");
        list.put("apiVersion", "v1");
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        for (Kind kind : kinds.all()) {
            if (!kind.group().equals(group) || !kind.version().equals(version)) {
                continue;
            }
            ObjectNode resource = resource(kind, kind.plural(), kind.kind(), VERBS);
            resource.put("singularName", kind.singular());
            if (!kind.shortNames().isEmpty()) {
                kind.shortNames().forEach(resource.putArray("shortNames")::add);
            }
            if (!kind.categories().isEmpty()) {
                kind.categories().forEach(resource.putArray("categories")::add);
            }
            resources.add(resource);
            for (String subresource : new TreeSet<>(kind.subresources())) {
                resources.add(subresource(kind, subresource));
            }
        }
        if (REVIEWS.contains(group)) {
            review(group).forEach(resources::add);
        }
        return resources.isEmpty() ? null : list;
    }

    private static List<ObjectNode> review(String group) {
        List<String> kinds = group.equals("authentication.k8s.io")
                ? List.of("SelfSubjectReview")
                : List.of("SelfSubjectAccessReview", "SelfSubjectRulesReview");
        return kinds.stream()
                .map(kind -> {
                    ObjectNode resource = Tree.object();
                    resource.put("name", kind.toLowerCase(java.util.Locale.ROOT) + "s");
                    resource.put("singularName", kind.toLowerCase(java.util.Locale.ROOT));
                    resource.put("namespaced", false);
                    resource.put("kind", kind);
                    resource.putArray("verbs").add("create");
                    return resource;
                })
                .toList();
    }

    private static ObjectNode subresource(Kind kind, String subresource) {
        String name = kind.plural() + "/" + subresource;
        return switch (subresource) {
            case "scale" -> {
                ObjectNode scale = resource(kind, name, "Scale", List.of("get", "patch", "update"));
                scale.put("group", "autoscaling");
                scale.put("version", "v1");
                yield scale;
            }
            case "log" -> resource(kind, name, kind.kind(), List.of("get"));
            case "portforward" -> resource(kind, name, "PodPortForwardOptions", List.of("create", "get"));
            case "eviction" -> {
                ObjectNode eviction = resource(kind, name, "Eviction", List.of("create"));
                eviction.put("group", "policy");
                eviction.put("version", "v1");
                yield eviction;
            }
            case "binding" -> resource(kind, name, "Binding", List.of("create"));
            case "token" -> {
                ObjectNode token = resource(kind, name, "TokenRequest", List.of("create"));
                token.put("group", "authentication.k8s.io");
                token.put("version", "v1");
                yield token;
            }
            default -> resource(kind, name, kind.kind(), List.of("get", "patch", "update"));
        };
    }

    private static ObjectNode resource(Kind kind, String name, String kindName, List<String> verbs) {
        ObjectNode resource = Tree.object();
        resource.put("name", name);
        resource.put("singularName", "");
        resource.put("namespaced", kind.namespaced());
        resource.put("kind", kindName);
        verbs.forEach(resource.putArray("verbs")::add);
        return resource;
    }
}
