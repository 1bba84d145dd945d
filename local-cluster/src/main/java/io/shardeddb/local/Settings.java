package io.shardeddb.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a local cluster is run.
 *
 * @param port the API server's port on 127.0.0.1, 0 for the one it had before or any free one
 * @param images from image repositories to launchers, in the form of {@code images.json}; null takes the file in the
 *     home
 * @param tools where programs are unpacked, null for {@code tools} in the home
 * @param publishedPort port on 127.0.0.1 that the first Service published there takes, 0 for the Service's own
 */
public record Settings(
        int port, @Nullable JsonNode images, @Nullable Path tools, int publishedPort) {
    /** Settings under which a published Service takes its own port where that is free. */
    public Settings(int port, @Nullable JsonNode images, @Nullable Path tools) {
        this(port, images, tools, 0);
    }

    /** The settings that nothing was said about. */
    public static Settings defaults() {
        return new Settings(0, null, null);
    }
}
