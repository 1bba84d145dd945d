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
            AdaptiveCommand.class,
            GrowthCommand.class,
            FailoverCommand.class,
            CeilingCommand.class,
            GuardCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  sdb bench peers --quick      some minutes beside a MariaDB Galera cluster",
            "  sdb bench analysis           the sharding assignment's 10,000 writes and 10,000 reads",
            "  sdb bench ycsb A C           two of YCSB's workloads",
            "",
            "What the figures mean: docs/performance.md"
        })
public final class BenchCommand {}
