package io.shardeddb.cli;

import picocli.CommandLine.Model.CommandSpec;

/** All commands, for tests of other packages. */
public final class Commands {

    private Commands() {}

    /** The root command's description. */
    public static CommandSpec spec() {
        return Main.commandLine().getCommandSpec();
    }
}
