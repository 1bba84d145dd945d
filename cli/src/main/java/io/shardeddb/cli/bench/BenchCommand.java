package io.shardeddb.cli.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code sdb bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Measures how fast the database is on this machine: on its own, and side by side with others.",
            "Every measurement starts a database of its own (.sdb-bench) and stops it afterwards."
        },
        subcommands = {
            PeersCommand.class,
            AnalysisCommand.class,
            WorkloadCommand.class,
            CeilingCommand.class,
            GuardCommand.class,
            HelpCommand.class
        })
public final class BenchCommand {}
