package io.shardeddb.cli.clusterfile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as its nodes: docs/cluster-file.md.
 *
 * @param name of the database
 * @param nodes at least one that holds shards and one that routes
 * @param shards how many shards divide the data
 * @param replicas how many copies each shard has
 * @param collections names of collections
 * @param keyValueSpaces names of key-value spaces
 * @param collectionsOnFirstUse whether an insert makes a collection
 */
public record ClusterFile(
        String name,
        List<Node> nodes,
        @Nullable Integer shards,
        @Nullable Integer replicas,
        List<String> collections,
        List<String> keyValueSpaces,
        boolean collectionsOnFirstUse) {

    /** What a node does. */
    public enum Role {
        /** Holds copies of shards. */
        shard,
        /** Answers clients. */
        router
    }

    /**
     * One node.
     *
     * @param name its name
     * @param roles what it does
     * @param host where it runs; only this machine is allowed
     * @param port where its router answers
     */
    public record Node(
            String name,
            List<Role> roles,
            @Nullable String host,
            @Nullable Integer port) {

        public Node {
            name = name == null ? "" : name;
            roles = roles == null ? List.of() : List.copyOf(roles);
        }
    }

    private static final Set<String> HERE = Set.of("localhost", "127.0.0.1");

    public ClusterFile {
        name = name == null ? "" : name;
        nodes = nodes == null ? List.of() : List.copyOf(nodes);
        collections = collections == null ? List.of() : List.copyOf(collections);
        keyValueSpaces = keyValueSpaces == null ? List.of() : List.copyOf(keyValueSpaces);
    }

    /**
     * Reads a file.
     *
     * @throws CommandFailure NO_INPUT when it cannot be read; DATA, with where, when it is not what it should be or
     *     asks for what one machine cannot do
     */
    public static ClusterFile read(Path path) {
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + path);
        }
        ClusterFile file;
        try {
            JsonNode content = Yaml.MAPPER.readTree(path.toFile());
            file = Json.MAPPER.treeToValue(content, ClusterFile.class);
        } catch (JsonProcessingException e) {
            throw new CommandFailure(ExitCode.DATA, path + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + path, e);
        }
        if (file == null) {
            throw new CommandFailure(ExitCode.DATA, path + " is empty");
        }
        file.check(path);
        return file;
    }

    /** The port that the first router's node asks for; null: none does. */
    public @Nullable Integer routerPort() {
        return with(Role.router).getFirst().port();
    }

    /** The nodes of a role, in order. */
    List<Node> with(Role role) {
        return nodes.stream().filter(node -> node.roles().contains(role)).toList();
    }

    private void check(Path path) {
        if (name.isEmpty()) {
            throw refused(path, "name", "is missing");
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            check(path, "nodes[" + i + "]", nodes.get(i), names);
        }
        for (Role role : Role.values()) {
            if (with(role).isEmpty()) {
                throw refused(path, "nodes", "no node has the role " + role);
            }
        }
        int copies = replicas == null ? Math.min(3, with(Role.shard).size()) : replicas;
        if (copies < 1 || copies > with(Role.shard).size()) {
            throw refused(
                    path,
                    "replicas",
                    "is " + copies + ", but each copy needs a node with the role shard, and there are "
                            + with(Role.shard).size());
        }
        if (shards != null && (shards < 1 || shards > 1024)) {
            throw refused(path, "shards", "is " + shards + ", but must be 1 to 1024");
        }
    }

    private void check(Path path, String at, Node node, Set<String> names) {
        if (node.name().isEmpty() || !names.add(node.name())) {
            throw refused(path, at + ".name", "is missing, or another node has it");
        }
        if (node.roles().isEmpty()) {
            throw refused(path, at + ".roles", "is empty; roles are shard and router");
        }
        if (node.host() != null && !HERE.contains(node.host())) {
            throw refused(
                    path,
                    at + ".host",
                    "is " + node.host()
                            + ", but sdb up starts everything on this machine: leave it out, or write localhost");
        }
        if (node.port() == null) {
            return;
        }
        if (!node.roles().contains(Role.router)
                || !node.equals(with(Role.router).getFirst())) {
            throw refused(
                    path, at + ".port", "cannot be chosen: only the first router's port can, and others are free ones");
        }
        if (node.port() < 1 || node.port() > 65_535) {
            throw refused(path, at + ".port", "is " + node.port() + ", but must be 1 to 65535");
        }
    }

    private static CommandFailure refused(Path path, String at, String why) {
        return new CommandFailure(ExitCode.DATA, path + ": " + at + " " + why);
    }
}
