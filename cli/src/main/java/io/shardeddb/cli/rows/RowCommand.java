package io.shardeddb.cli.rows;

import io.shardeddb.cli.output.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What every command for rows of one table has. */
abstract sealed class RowCommand implements Callable<Integer> permits ReadCommand, WriteCommand {

    @Mixin
    TableOptions options = new TableOptions();

    @Parameters(index = "0", paramLabel = "TABLE", description = "The table.")
    String table = "";

    @Mixin
    Terminal terminal = new Terminal();
}
