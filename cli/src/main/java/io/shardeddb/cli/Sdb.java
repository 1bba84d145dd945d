package io.shardeddb.cli;

import io.shardeddb.cli.bench.BenchCommand;
import io.shardeddb.cli.demo.DemoCommand;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.export.ExportCommand;
import io.shardeddb.cli.kv.KvCommand;
import io.shardeddb.cli.lifecycle.DownCommand;
import io.shardeddb.cli.lifecycle.LogsCommand;
import io.shardeddb.cli.lifecycle.RemoveCommand;
import io.shardeddb.cli.lifecycle.UpCommand;
import io.shardeddb.cli.load.LoadCommand;
import io.shardeddb.cli.objects.ApplyCommand;
import io.shardeddb.cli.objects.DescribeCommand;
import io.shardeddb.cli.objects.GetCommand;
import io.shardeddb.cli.objects.PlanCommand;
import io.shardeddb.cli.records.AggregateCommand;
import io.shardeddb.cli.records.CollectionsCommand;
import io.shardeddb.cli.records.CountCommand;
import io.shardeddb.cli.records.DeleteCommand;
import io.shardeddb.cli.records.DistinctCommand;
import io.shardeddb.cli.records.FindCommand;
import io.shardeddb.cli.records.InsertCommand;
import io.shardeddb.cli.records.UpdateCommand;
import io.shardeddb.cli.rows.ReadCommand;
import io.shardeddb.cli.rows.RequestCommand;
import io.shardeddb.cli.rows.WriteCommand;
import io.shardeddb.cli.shards.PromoteCommand;
import io.shardeddb.cli.shards.RecoverCommand;
import io.shardeddb.cli.shards.ShardsCommand;
import io.shardeddb.cli.shell.ShellCommand;
import io.shardeddb.cli.simulate.SimulateCommand;
import io.shardeddb.cli.status.StatusCommand;
import io.shardeddb.cli.support.ReportCommand;
import io.shardeddb.cli.transfer.ImportCommand;
import io.shardeddb.cli.verify.VerifyCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The root of all commands. */
@Command(
        name = "sdb",
        version = "sdb 0.1.0-SNAPSHOT",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Runs sharded, replicated databases on this machine, and works with them here or in a Kubernetes cluster.",
            ""
        },
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            StatusCommand.class,
            ShardsCommand.class,
            LoadCommand.class,
            ReadCommand.class,
            WriteCommand.class,
            FindCommand.class,
            InsertCommand.class,
            UpdateCommand.class,
            DeleteCommand.class,
            CountCommand.class,
            DistinctCommand.class,
            AggregateCommand.class,
            CollectionsCommand.class,
            KvCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            ShellCommand.class,
            RequestCommand.class,
            PlanCommand.class,
            ApplyCommand.class,
            GetCommand.class,
            DescribeCommand.class,
            RemoveCommand.class,
            PromoteCommand.class,
            RecoverCommand.class,
            LogsCommand.class,
            ReportCommand.class,
            DownCommand.class,
            BenchCommand.class,
            VerifyCommand.class,
            SimulateCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        },
        footerHeading = "%nFirst steps:%n",
        footer = {
            "  sdb demo                            see it run, fail and recover (about a minute)",
            "  sdb up examples/students.yaml       start a database and leave it running",
            "  sdb load examples/students.csv      put 10,000 rows into it",
            "  sdb read StudT 4097                 read one row",
            "  sdb find StudT '{\"Stud_marks\":{\"$gt\":90}}' --limit 5",
            "  sdb read StudT --from 4090 --to 4100  read a range over two shards",
            "  sdb status --watch                  look at it while you stop something",
            "  sdb down                            stop; the data stays (--delete-data removes it)",
            "",
            "sdb COMMAND --help explains a command with examples.",
            "./sdb test builds everything and runs all tests."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done",
            " 1:the answer is no: no such row, copies differ, not ready",
            "64:the command line is wrong",
            "65:the data given was refused; nothing of it was done",
            "66:a file cannot be read",
            "69:something needed is not there: cluster, database, JDK",
            "70:a fault of the program",
            "73:the machine refuses: disk, permission, port in use",
            "75:not done now, may work later; or not known whether done",
            "130:interrupted"
        },
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeOnExecutionException = ExitCode.SOFTWARE)
public final class Sdb {}
