package io.shardeddb.cli.kv;

import io.shardeddb.cli.exit.ExitCode;
import picocli.CommandLine.Command;

/** {@code sdb kv}. */
@Command(
        name = "kv",
        mixinStandardHelpOptions = true,
        description = "Reads and writes the keys of a key-value space.",
        subcommands = {KvGet.class, KvPut.class, KvDelete.class, KvScan.class, KvIncr.class},
        footer = {
            "",
            "Examples:",
            "  sdb kv put sessions user/7 hello --ttl 60",
            "  sdb kv get sessions user/7",
            "  sdb kv scan sessions --prefix user/ --output table",
            "  sdb kv incr sessions hits --by 2",
            "  sdb kv delete sessions user/7"
        },
        exitCodeOnInvalidInput = ExitCode.USAGE)
public final class KvCommand {}
