package io.shardeddb.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.waiting.Waiter;
import java.time.Duration;
import java.util.Optional;

/** Deletes objects and waits until they are gone, with all that they own. */
public final class Removal {

    /** How long to wait where a person said nothing. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long POLL_MILLIS = 250;

    private final Cluster cluster;
    private final Duration patience;

    /** @param patience how long to wait until an object is gone; zero: not at all */
    public Removal(Cluster cluster, Duration patience) {
        this.cluster = cluster;
        this.patience = patience;
    }

    /**
     * Deletes an object. One that is not there is as good as deleted.
     *
     * @param object anything with apiVersion, kind and metadata.name
     * @return what happened to it, one sentence
     * @throws CommandFailure when it is still there after the time to wait; it keeps being deleted
     */
    public String remove(JsonNode object) throws InterruptedException {
        String what = object.path("kind").asText() + " "
                + object.path("metadata").path("name").asText();
        Optional<JsonNode> found = cluster.find(object);
        if (found.isEmpty()) {
            return what + " is not there";
        }
        String path = cluster.path(object);
        String uid = uid(found.get());
        cluster.api().delete(path);
        if (patience.isZero()) {
            return what + " is being deleted";
        }
        boolean gone = Waiter.of(patience, POLL_MILLIS)
                .until(() -> cluster.api()
                        .find(path)
                        .filter(left -> uid(left).equals(uid))
                        .isEmpty());
        if (gone) {
            return what + " deleted";
        }
        String finalizers = cluster.api()
                .find(path)
                .map(left -> left.path("metadata").path("finalizers").toString())
                .orElse("nothing");
        throw new CommandFailure(
                ExitCode.TEMPORARY,
                what + " is still there after " + patience.toSeconds() + " s; it waits for " + finalizers
                        + " and goes on being deleted");
    }

    private static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText();
    }
}
