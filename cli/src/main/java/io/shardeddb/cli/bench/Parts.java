package io.shardeddb.cli.bench;

import io.shardeddb.bench.load.LoadException;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The parts of a run that stand for themselves: what has been measured is worth telling even when another part could
 * not be.
 */
final class Parts {

    private final Consumer<String> progress;
    private final List<String> notMeasured = new ArrayList<>();

    /** @param progress hears of each part that could not be measured */
    Parts(Consumer<String> progress) {
        this.progress = progress;
    }

    /** One of them. */
    interface Part {
        void measure() throws InterruptedException, IOException, LoadException;
    }

    /** Measures a part, or takes note why not. */
    void attempt(String name, Part part) throws InterruptedException {
        try {
            part.measure();
        } catch (IOException | LoadException | CommandFailure e) {
            notMeasured.add(name + ": " + e.getMessage());
            progress.accept("NOT MEASURED " + notMeasured.getLast());
        }
    }

    /**
     * To be asked when everything has been told.
     *
     * @throws CommandFailure when a part could not be measured
     */
    void requireAll() {
        if (!notMeasured.isEmpty()) {
            throw new CommandFailure(ExitCode.TEMPORARY, "not measured: " + String.join("; ", notMeasured));
        }
    }
}
