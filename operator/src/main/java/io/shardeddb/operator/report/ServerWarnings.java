package io.shardeddb.operator.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which servers that are not ready a person was told of. Each is told once for each time that it is not ready, with the
 * words of the status at that time. What a container waits for changes with each of its attempts, and an Event for each
 * would be a flood.
 *
 * @param hysteresis since when each has not been ready, and has shown a fault
 * @param told servers that were told of, and have not been ready since
 * @param fresh what is to be told now
 */
public record ServerWarnings(Hysteresis hysteresis, Set<String> told, List<String> fresh) {

    /** Nothing was seen yet. */
    public static final ServerWarnings NONE = new ServerWarnings(Hysteresis.NONE, Set.of(), List.of());

    /** For so long a server may take to start, or to be replaced, before that is worth a warning by itself. */
    static final Duration START = Duration.ofMinutes(2);

    public ServerWarnings {
        told = Set.copyOf(told);
        fresh = List.copyOf(fresh);
    }

    /**
     * After another reconcile: a fault is told when it has stood for a moment, all else when it lasts longer than a
     * start does.
     */
    public ServerWarnings after(Map<String, ServerReport.Standing> servers, Instant now) {
        Set<String> verdicts = new HashSet<>();
        servers.forEach((server, standing) -> {
            if (!isReady(standing)) {
                verdicts.add(notReady(server));
            }
            if (standing.fault()) {
                verdicts.add(faulty(server));
            }
        });
        Hysteresis standing = hysteresis.after(verdicts, now);
        Set<String> known = new HashSet<>();
        List<String> news = new ArrayList<>();
        servers.forEach((server, state) -> {
            boolean before = told.contains(server) && !isReady(state);
            boolean due = standing.stood(faulty(server), now) || standing.stood(notReady(server), START, now);
            if (before || due) {
                known.add(server);
            }
            if (due && !before) {
                news.add("server " + server + " is not ready: " + state.message());
            }
        });
        return new ServerWarnings(standing, known, news);
    }

    /** One that takes no writes is ready, and has its own condition. */
    private static boolean isReady(ServerReport.Standing standing) {
        return standing.phase().equals("Ready") || standing.phase().equals("ReadOnly");
    }

    private static String notReady(String server) {
        return "not ready: " + server;
    }

    private static String faulty(String server) {
        return "faulty: " + server;
    }
}
