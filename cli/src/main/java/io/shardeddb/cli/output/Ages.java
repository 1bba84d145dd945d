package io.shardeddb.cli.output;

import java.time.Duration;

/** How long ago, as kubectl writes it: the two largest units while the larger one is small. */
public final class Ages {

    private Ages() {}

    /** For example {@code 42s}, {@code 3m20s}, {@code 14m}, {@code 5h}, {@code 3d}; what lies ahead counts as now. */
    public static String of(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 600) {
            return seconds / 60 + "m" + (seconds % 60 == 0 ? "" : seconds % 60 + "s");
        }
        if (seconds < 3 * 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
