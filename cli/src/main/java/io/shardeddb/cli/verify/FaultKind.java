package io.shardeddb.cli.verify;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What may be broken while a database is verified. */
enum FaultKind {
    /** A process of a server, its database or a router ends at once. */
    KILL,
    /** Such a process stands still for some seconds. */
    STOP,
    /** A server loses its disk while it runs. */
    WIPE,
    /** A server is cut off from the others for some seconds. */
    ISOLATE,
    /** A leader hands its shard over. */
    MOVE;

    private static final String NONE = "none";

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kinds that a list of words names; "none" names none. @throws CommandFailure with what is allowed */
    static List<FaultKind> of(List<String> words) {
        if (words.equals(List.of(NONE))) {
            return List.of();
        }
        return words.stream()
                .map(word -> Arrays.stream(values())
                        .filter(kind -> kind.word().equals(word))
                        .findFirst()
                        .orElseThrow(() -> new CommandFailure(
                                ExitCode.USAGE,
                                "there is no fault '" + word + "'; there are "
                                        + Arrays.stream(values())
                                                .map(FaultKind::word)
                                                .collect(Collectors.joining(", "))
                                        + ", or none alone")))
                .distinct()
                .toList();
    }
}
