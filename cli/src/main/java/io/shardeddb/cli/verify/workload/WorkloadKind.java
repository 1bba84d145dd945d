package io.shardeddb.cli.verify.workload;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Workloads by the words of the command line. */
public enum WorkloadKind {
    BANK,
    APPEND,
    SEATS,
    ROWS;

    /** The word of the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * A workload that has not begun.
     *
     * @param first the ids of its rows are this one and greater ones, which no other run has
     */
    public Workload make(long first) {
        return switch (this) {
            case BANK -> new AccountTransfers(first);
            case APPEND -> new ListAppends(first);
            case SEATS -> new SeatBookings(first);
            case ROWS -> new SingleValues(first);
        };
    }

    /** The kinds that words name. @throws CommandFailure with what is allowed */
    public static List<WorkloadKind> of(List<String> words) {
        return words.stream()
                .map(word -> Arrays.stream(values())
                        .filter(kind -> kind.word().equals(word))
                        .findFirst()
                        .orElseThrow(() -> new CommandFailure(
                                ExitCode.USAGE,
                                "there is no workload '" + word + "'; there are "
                                        + Arrays.stream(values())
                                                .map(WorkloadKind::word)
                                                .collect(Collectors.joining(", ")))))
                .distinct()
                .toList();
    }
}
