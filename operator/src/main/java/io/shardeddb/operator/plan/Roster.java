package io.shardeddb.operator.plan;

import io.shardeddb.crds.NamedServerSpec;
import io.shardeddb.crds.ServersSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which servers a database should have, by name: the named ones, then {@code server-0}, {@code server-1}, ... up to the
 * count.
 */
public final class Roster {

    private Roster() {}

    /** Names of the servers wanted, in a stable order. */
    public static List<String> wanted(ServersSpec servers) {
        List<String> names = new ArrayList<>();
        servers.named().stream().map(NamedServerSpec::name).forEach(names::add);
        Set<String> taken = new HashSet<>(names);
        for (int i = 0; names.size() < servers.count(); i++) {
            String name = "server-" + i;
            if (taken.add(name)) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }
}
