package io.shardeddb.server.group;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Which commands the other servers can apply, as each says when its link begins. A leader must log nothing that a
 * member cannot apply: that member would stop there until it is upgraded. A server that has not been heard counts as
 * able. If it is not, it stops, and nothing is lost. Any thread.
 */
public final class PeerVersions {

    /** The newest kind of command that this version can apply; see {@code PeerHello.command_rules}. */
    public static final int COMMAND_RULES = 3;

    private final Map<String, Integer> rules = new ConcurrentHashMap<>();
    private volatile boolean anyOlder;

    /**
     * A server's link has begun.
     *
     * @param endpoint of the server
     * @param commandRules the newest kind of command that it can apply
     */
    public void heard(String endpoint, int commandRules) {
        rules.put(endpoint, commandRules);
        anyOlder = rules.values().stream().anyMatch(known -> known < COMMAND_RULES);
    }

    /** Endpoints of the servers that have been heard. */
    public List<String> endpoints() {
        return List.copyOf(rules.keySet());
    }

    /**
     * Whether one of some servers is known to be older than this one.
     *
     * @param endpoints theirs; only asked for when any server at all is older
     */
    public boolean anyOlder(Supplier<Iterable<String>> endpoints) {
        if (anyOlder) {
            for (String endpoint : endpoints.get()) {
                if (rules.getOrDefault(endpoint, COMMAND_RULES) < COMMAND_RULES) {
                    return true;
                }
            }
        }
        return false;
    }
}
