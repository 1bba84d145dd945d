package io.shardeddb.cli.records;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.rows.TablesInForce;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What every verb for one table or collection has. */
abstract sealed class RecordCommand implements Callable<Integer>
        permits AggregateCommand, CountCommand, DistinctCommand, FindCommand, InsertCommand, UpdateCommand {

    @Mixin
    TableOptions options = new TableOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "The table or collection.")
    String name = "";

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public final Integer call() throws InterruptedException {
        check();
        try (RouterClient router = options.connect()) {
            int exit = run(router, Target.of(TablesInForce.all(router, options.patience()), name));
            terminal.out().flush();
            return exit;
        }
    }

    /** Checks the words before anything is asked. @throws CommandFailure USAGE when they are not right */
    void check() {}

    /** Does it; the answer is the exit code. */
    abstract int run(RouterClient router, Target target) throws InterruptedException;

    /** The collection of this name. */
    CollectionClient collection(RouterClient router) {
        return new CollectionClient(router, name, RequestIds.fresh(), options.patience());
    }

    /** That a verb is not there for tables. */
    CommandFailure notForTables(String what, String instead) {
        return new CommandFailure(
                ExitCode.USAGE, what + " is not offered for a table, and " + name + " is one; " + instead);
    }
}
