package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.tree.Tree;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a process is made of an image. */
public sealed interface Launcher {
    /**
     * A Java program.
     *
     * @param main the main class
     * @param classPath the class path's entries, absolute
     * @param caches where {@link AotCaches} keeps what makes it start sooner; null for nothing of the kind
     * @param compilers which compilers work in it
     */
    record Java(
            String main, List<String> classPath, @Nullable AotCaches caches, Compilers compilers) implements Launcher {}

    /**
     * A database server, with what the official images do when they start.
     *
     * @param home the folder with its programs ({@link DatabasePrograms}); null for MariaDB out of Maven Central
     */
    record Database(@Nullable Path home) implements Launcher {}

    /** The container's own command, run as it stands on this machine. */
    record Command() implements Launcher {}

    /** Reads {@code images.json}: from an image's repository to its launcher. */
    static Map<String, Launcher> parse(JsonNode images) {
        Map<String, AotCaches> caches = new HashMap<>();
        Map<String, Launcher> launchers = new LinkedHashMap<>();
        images.properties().forEach(e -> {
            JsonNode image = e.getValue();
            launchers.put(
                    e.getKey(),
                    switch (image.path("kind").asText()) {
                        case "java" ->
                            new Java(
                                    image.path("main").asText(),
                                    Tree.texts(image.path("classPath")),
                                    image.has("caches")
                                            ? caches.computeIfAbsent(
                                                    image.path("caches").asText(),
                                                    at -> new AotCaches(
                                                            Path.of(at),
                                                            image.path("record").asBoolean()))
                                            : null,
                                    Compilers.parse(image.path("compilers").asText("first")));
                        case "mariadb" ->
                            new Database(
                                    image.has("home")
                                            ? Path.of(image.path("home").asText())
                                            : null);
                        case "command" -> new Command();
                        default ->
                            throw new IllegalArgumentException("images.json: the kind of " + e.getKey() + " is "
                                    + image.path("kind") + "; allowed are java, mariadb and command");
                    });
        });
        return launchers;
    }

    /** An image's repository: its name without tag and digest, and without the registry that Docker assumes. */
    static String repository(String image) {
        String name = image;
        int digest = name.indexOf('@');
        if (digest >= 0) {
            name = name.substring(0, digest);
        }
        int colon = name.lastIndexOf(':');
        if (colon > name.lastIndexOf('/')) {
            name = name.substring(0, colon);
        }
        for (String prefix : new String[] {"docker.io/library/", "docker.io/", "library/"}) {
            if (name.startsWith(prefix)) {
                return name.substring(prefix.length());
            }
        }
        return name;
    }
}
