package io.shardeddb.local.kind;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.schema.Structural;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All kinds of this cluster: the built-in ones, and the custom ones as their definitions come and go. */
public final class Kinds {
    private final List<Kind> builtIn = readBuiltIn();
    private final Map<String, List<Kind>> custom = new TreeMap<>();

    /** All kinds in all versions. */
    public synchronized List<Kind> all() {
        List<Kind> all = new ArrayList<>(builtIn);
        custom.values().forEach(all::addAll);
        return all;
    }

    /** The kind of a path, or null. */
    public @Nullable Kind ofPath(String group, String version, String plural) {
        for (Kind kind : all()) {
            if (kind.group().equals(group)
                    && kind.version().equals(version)
                    && kind.plural().equals(plural)) {
                return kind;
            }
        }
        return null;
    }

    /** The kind that an object names itself, or null. */
    public @Nullable Kind ofObject(String apiVersion, String name) {
        for (Kind kind : all()) {
            if (kind.apiVersion().equals(apiVersion) && kind.kind().equals(name)) {
                return kind;
            }
        }
        return null;
    }

    /** The kind of a resource as in {@code statefulsets.apps}, in its first version, or null. */
    public @Nullable Kind ofResource(String resource) {
        for (Kind kind : all()) {
            if (kind.resource().equals(resource)) {
                return kind;
            }
        }
        return null;
    }

    /** A built-in kind that is known to exist. */
    public Kind builtIn(String resource) {
        Kind kind = ofResource(resource);
        if (kind == null) {
            throw new IllegalArgumentException("no kind " + resource);
        }
        return kind;
    }

    /** The versions of each group but the core one, the preferred first. */
    public Map<String, Set<String>> groups() {
        Map<String, Set<String>> groups = new LinkedHashMap<>();
        for (Kind kind : all()) {
            if (!kind.group().isEmpty()) {
                groups.computeIfAbsent(kind.group(), g -> new LinkedHashSet<>()).add(kind.version());
            }
        }
        return groups;
    }

    /** Takes the served versions of a definition. */
    public synchronized void define(String name, Collection<Kind> versions) {
        custom.put(name, List.copyOf(versions));
    }

    /** Forgets a definition. */
    public synchronized void undefine(String name) {
        custom.remove(name);
    }

    /** The served versions of a CustomResourceDefinition, the storage version first. */
    public static List<Kind> ofDefinition(JsonNode definition) {
        JsonNode spec = definition.path("spec");
        JsonNode names = spec.path("names");
        String storage = "";
        for (JsonNode version : spec.path("versions")) {
            if (version.path("storage").asBoolean()) {
                storage = version.path("name").asText();
            }
        }
        List<Kind> kinds = new ArrayList<>();
        for (JsonNode version : spec.path("versions")) {
            if (!version.path("served").asBoolean()) {
                continue;
            }
            Set<String> subresources = new LinkedHashSet<>();
            version.path("subresources").fieldNames().forEachRemaining(subresources::add);
            String kindName = names.path("kind").asText();
            Kind kind = new Kind(
                    spec.path("group").asText(),
                    version.path("name").asText(),
                    kindName,
                    names.path("plural").asText(),
                    Tree.textOr(names, Kind.singularOf(kindName), "singular"),
                    spec.path("scope").asText().equals("Namespaced"),
                    Tree.texts(names.path("shortNames")),
                    Tree.texts(names.path("categories")),
                    subresources,
                    true,
                    new Kind.Custom(
                            Structural.parse(Tree.at(version, "schema", "openAPIV3Schema")),
                            version.path("additionalPrinterColumns"),
                            Tree.at(version, "subresources", "scale"),
                            storage));
            kinds.add(version.path("storage").asBoolean() ? 0 : kinds.size(), kind);
        }
        return kinds;
    }

    private static List<Kind> readBuiltIn() {
        List<Kind> kinds = new ArrayList<>();
        for (String line : resource("kinds.txt").lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split(" +", -1);
            int slash = words[0].indexOf('/');
            kinds.add(new Kind(
                    slash < 0 ? "" : words[0].substring(0, slash),
                    words[0].substring(slash + 1),
                    words[1],
                    words[2],
                    Kind.singularOf(words[1]),
                    words[3].equals("ns"),
                    list(words[4]),
                    list(words[6]),
                    new LinkedHashSet<>(list(words[5])),
                    words[7].equals("generation"),
                    null));
        }
        return kinds;
    }

    private static List<String> list(String words) {
        return words.equals("-") ? List.of() : List.of(words.split(",", -1));
    }

    private static String resource(String name) {
        try (InputStream in = Kinds.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
