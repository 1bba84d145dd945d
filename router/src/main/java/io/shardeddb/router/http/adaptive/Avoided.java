package io.shardeddb.router.http.adaptive;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Servers that failed lately: they are chosen once in a while only, as long as there are others. Thread-safe. */
final class Avoided {
    static final long NANOS = 3_000_000_000L;

    private final Map<String, Long> failedAt = new ConcurrentHashMap<>();

    /**
     * The next one in turn that did not fail lately. A caller that tries one that did fail keeps all others from it for
     * a while. The one in turn when all failed.
     *
     * @param addresses not empty
     * @param turn a number that counts up
     * @param now nanoseconds of a monotonic clock
     */
    String choose(List<String> addresses, int turn, long now) {
        for (int i = 0; i < addresses.size(); i++) {
            String address = addresses.get(Math.floorMod(turn + i, addresses.size()));
            Long failed = failedAt.get(address);
            if (failed == null || (now - failed >= NANOS && failedAt.replace(address, failed, now))) {
                return address;
            }
        }
        return addresses.get(Math.floorMod(turn, addresses.size()));
    }

    void failed(String address, long now) {
        failedAt.put(address, now);
    }

    void answered(String address) {
        failedAt.remove(address);
    }
}
