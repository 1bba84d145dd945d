package io.shardeddb.operator.plan;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Names of Kubernetes objects made from names as given: {@code Server[5]} of database {@code db} becomes
 * {@code db-server-5}.
 */
public final class ResourceNames {

    /**
     * A StatefulSet's name goes into a label with a revision hash behind it, and a label's value holds 63 characters.
     */
    private static final int LONGEST = 50;

    private ResourceNames() {}

    /**
     * Object names for all given names. A name that has an object keeps it; a new one gets a hash behind it when the
     * plain name is taken or too long.
     *
     * @param database the database's name, in front of every object name
     * @param given names as given, each once
     * @param existing object names of those that exist, by the name as given
     */
    public static Map<String, String> assign(String database, Collection<String> given, Map<String, String> existing) {
        Map<String, String> assigned = new HashMap<>();
        Set<String> taken = new HashSet<>(existing.values());
        for (String name : given) {
            String known = existing.get(name);
            String object = known != null ? known : fresh(database, name, taken);
            taken.add(object);
            assigned.put(name, object);
        }
        return assigned;
    }

    private static String fresh(String database, String name, Set<String> taken) {
        String plain = database + "-" + sanitise(name);
        if (plain.length() <= LONGEST && !plain.endsWith("-") && !taken.contains(plain)) {
            return plain;
        }
        CRC32 hash = new CRC32();
        hash.update(name.getBytes(StandardCharsets.UTF_8));
        String suffix = String.format("-%08x", hash.getValue());
        int room = Math.min(plain.length(), LONGEST - suffix.length());
        return plain.substring(0, room).replaceAll("-+$", "") + suffix;
    }

    private static String sanitise(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    }
}
