package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.Main;
import io.shardeddb.cli.exit.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo is the first test of the whole: it starts every process, kills the leader of a shard with kill -9 and wipes
 * another server's volume while clients write, and ends with 0 only when every acknowledged row is there and all copies
 * of each shard have equal checksums.
 */
final class DemoIT {

    @TempDir
    private Path folder;

    @Test
    void losesNothingAcknowledgedToAKilledLeaderAndALostDisk() {
        assertThat(Main.run("demo", "--home", folder.resolve("demo").toString()))
                .isEqualTo(ExitCode.OK);
    }
}
