package io.shardeddb.cli.profile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file of profiles: a map {@code profiles} from names to {@link Profile}. docs/command-line.md describes it. */
public final class Profiles {

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private Profiles() {}

    /**
     * Where the file is: SDB_PROFILES, else {@code sdb/profiles.yaml} in the folder of the user's configuration.
     *
     * @param environment of this process
     * @param userHome the user's folder
     */
    public static Path file(Map<String, String> environment, String userHome) {
        @Nullable String named = environment.get("SDB_PROFILES");
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        @Nullable String folder = environment.get("XDG_CONFIG_HOME");
        Path configuration = folder == null || folder.isBlank() ? Path.of(userHome, ".config") : Path.of(folder);
        return configuration.resolve("sdb").resolve("profiles.yaml");
    }

    /**
     * One profile of a file.
     *
     * @throws CommandFailure NO_INPUT when the file cannot be read, DATA when it is not what it should be, USAGE when
     *     it has no such profile, CANNOT_CREATE when it holds a token and others may read it
     */
    public static Profile read(Path file, String name) {
        JsonNode content = content(file);
        JsonNode profiles = content.path("profiles");
        if (!profiles.isObject() || content.size() != 1) {
            throw new CommandFailure(
                    ExitCode.DATA, file + ": expected one member, profiles, with a profile under each name");
        }
        boolean secret = false;
        for (JsonNode profile : profiles) {
            secret |= profile.has("token");
        }
        if (secret) {
            refuseReadable(file);
        }
        if (!profiles.has(name)) {
            List<String> names = new ArrayList<>();
            profiles.fieldNames().forEachRemaining(names::add);
            throw new CommandFailure(ExitCode.USAGE, file + " has no profile " + name + "; it has " + names);
        }
        return profile(file, name, profiles.get(name));
    }

    private static Profile profile(Path file, String name, JsonNode content) {
        Profile profile;
        try {
            profile = Json.MAPPER.treeToValue(content, Profile.class);
        } catch (JsonProcessingException e) {
            throw new CommandFailure(
                    ExitCode.DATA,
                    file + ", profile " + name + ": " + e.getOriginalMessage()
                            + "; allowed are endpoint, token, home, kubeconfig, context, namespace and database",
                    e);
        }
        if (profile == null) {
            throw new CommandFailure(ExitCode.DATA, file + ", profile " + name + " is empty");
        }
        if (profile.endpoint() != null
                && !profile.endpoint().startsWith("http://")
                && !profile.endpoint().startsWith("https://")) {
            throw new CommandFailure(
                    ExitCode.DATA,
                    file + ", profile " + name + ": endpoint is " + profile.endpoint()
                            + ", but must begin with http:// or https://");
        }
        return profile;
    }

    private static JsonNode content(Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read the profiles in " + file);
        }
        try {
            return Yaml.MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            // What is wrong is said without the text, because that may hold a token.
            throw new CommandFailure(ExitCode.DATA, file + " is not well-formed YAML");
        }
    }

    private static void refuseReadable(Path file) {
        Set<PosixFilePermission> permissions;
        try {
            permissions = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException e) {
            // A disk without such permissions has none to check.
            return;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot see who may read " + file, e);
        }
        if (!OWNER.containsAll(permissions)) {
            throw new CommandFailure(
                    ExitCode.CANNOT_CREATE,
                    file + " holds a token, and its permissions are " + PosixFilePermissions.toString(permissions)
                            + "; only its owner may read it: chmod 600 " + file);
        }
    }
}
