package io.shardeddb.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.HardState;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.WriteBatch;
import io.shardeddb.server.log.file.BatchFormat;
import io.shardeddb.server.log.file.DamagedLogException;
import io.shardeddb.server.log.file.FaultyDisk;
import io.shardeddb.server.log.file.FolderDisk;
import io.shardeddb.server.log.file.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SharedLogTest {
    private final FaultyDisk disk = new FaultyDisk();

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    @Test
    void givesBackEverythingAfterARestart(@TempDir Path folder) throws IOException {
        GroupId other = new GroupId(2, 2);
        try (LogBench bench = new LogBench(new FolderDisk(folder))) {
            GroupLog group = bench.begin(LogBench.GROUP);
            bench.begin(other);
            for (int i = 0; i < 300; i++) {
                bench.append(group, "row " + i);
            }
            bench.write(batch -> {
                batch.truncate(group, 200);
                batch.hardState(group, new HardState(3, new MemberId(5, 6)));
                batch.entry(group, new LogEntry(200, 3, new Payload.Membership(LogBench.configuration(3))));
            });
        }
        try (LogBench bench = new LogBench(new FolderDisk(folder))) {
            GroupLog group = bench.group(LogBench.GROUP);
            assertThat(group.lastIndex()).isEqualTo(200);
            assertThat(group.term(200)).isEqualTo(3);
            assertThat(group.hardState()).isEqualTo(new HardState(3, new MemberId(5, 6)));
            assertThat(group.member()).isEqualTo(LogBench.MEMBER);
            assertThat(group.configurationEntries())
                    .containsExactly(new LogEntry(200, 3, new Payload.Membership(LogBench.configuration(3))));
            assertThat(LogBench.texts(group)).hasSize(199).startsWith("row 0").endsWith("row 198");
            assertThat(group.maxTimestamp()).isEqualTo(3000);
            assertThat(bench.group(other).lastIndex()).isZero();
        }
    }

    @Test
    void readsEvictedEntriesBackFromDisk() throws IOException {
        try (LogBench bench = new LogBench(disk)) {
            GroupLog group = bench.begin(LogBench.GROUP);
            for (int i = 0; i < 50; i++) {
                bench.append(group, "row " + i);
            }
            group.evict(0);
            assertThat(group.cachedBytes()).isZero();
            assertThat(LogBench.texts(group)).hasSize(50).contains("row 17");
        }
    }

    @Test
    void keepsNoDecodedCommandsOfAppliedEntries() throws IOException {
        try (LogBench bench = new LogBench(disk)) {
            GroupLog group = bench.begin(LogBench.GROUP);
            for (int i = 0; i < 3; i++) {
                bench.append(group, "row " + i);
            }
            LoggedCommand first = command(group, 1);
            LoggedCommand last = command(group, 3);
            group.applied(0, 2);
            assertThat(command(group, 1)).isEqualTo(first).isNotSameAs(first);
            assertThat(command(group, 3)).isSameAs(last);
            group.applied(1, 100);
            assertThat(command(group, 3)).isEqualTo(last).isNotSameAs(last);
        }
    }

    @Test
    void knowsHowLargeEntriesAreAlsoWhenThoseBeforeAreGone() throws IOException {
        try (LogBench bench = new LogBench(disk)) {
            GroupLog group = bench.begin(LogBench.GROUP);
            for (String text : List.of("a", "bb", "ccc", "dddd")) {
                bench.append(group, text);
            }
            long first = group.bytes(1, 1);
            assertThat(group.bytes(3, 3)).isEqualTo(first + 2);
            assertThat(group.bytes(1, 4)).isEqualTo(group.storedBytes()).isEqualTo(4 * first + 6);

            SnapshotMarker purged = new SnapshotMarker(2, 1, group.marker().configuration(), 0);
            bench.write(batch -> batch.marker(group, purged, true));
            assertThat(group.bytes(3, 4)).isEqualTo(group.storedBytes()).isEqualTo(2 * first + 5);
            bench.append(group, "ccc");
            assertThat(group.bytes(4, 5)).isEqualTo(2 * first + 5);
        }
    }

    @Test
    void tellsWritesOfRowsFromOtherCommandsDecodedOrNot() {
        LoggedCommand write = LoggedCommand.newBuilder()
                .setTimestamp(Long.MAX_VALUE)
                .setWrite(WriteBatch.getDefaultInstance())
                .build();
        LoggedCommand withoutTimestamp = write.toBuilder().setTimestamp(0).build();
        LoggedCommand schema = LoggedCommand.newBuilder()
                .setTimestamp(1)
                .setDefineSchema(SchemaDefinition.getDefaultInstance())
                .build();
        for (LoggedCommand command : List.of(write, withoutTimestamp, schema)) {
            assertThat(CommandPayload.of(command).writesRows()).isEqualTo(command.hasWrite());
            assertThat(CommandPayload.ofBytes(command.toByteString()).writesRows())
                    .isEqualTo(command.hasWrite());
        }
    }

    private static LoggedCommand command(GroupLog group, long index) {
        return ((CommandPayload)
                        group.entries(index, index, Long.MAX_VALUE).getFirst().payload())
                .command();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsEveryAcknowledgedEntryThroughPowerFailures(int seed) throws IOException {
        Random random = new Random(seed);
        FaultyDisk present = disk;
        List<String> acknowledged = new ArrayList<>();
        for (int life = 0; life < 4; life++) {
            try (LogBench bench = new LogBench(present)) {
                GroupLog group = life == 0 ? bench.begin(LogBench.GROUP) : bench.group(LogBench.GROUP);
                assertThat(LogBench.texts(group).subList(0, acknowledged.size()))
                        .isEqualTo(acknowledged);
                List<String> found = LogBench.texts(group);
                acknowledged = new ArrayList<>(found);
                for (int i = random.nextInt(40); i > 0; i--) {
                    String text = "seed " + seed + " life " + life + " row " + i + "x".repeat(random.nextInt(300));
                    bench.append(group, text);
                    acknowledged.add(text);
                }
                // On its way when the power goes.
                present.failForceAfter(0);
                RecordBatch lost = new RecordBatch();
                lost.entry(group, LogBench.entry(group.lastIndex() + 1, "never acknowledged"));
                assertThat(bench.submit(lost)).isNull();
            }
            present = random.nextInt(4) == 0 ? present.afterKill() : present.afterPowerFailure(random);
        }
        try (LogBench bench = new LogBench(present)) {
            assertThat(LogBench.texts(bench.group(LogBench.GROUP)).subList(0, acknowledged.size()))
                    .isEqualTo(acknowledged);
        }
    }

    @Test
    void endsTheProcessOnAForceErrorAndNeverForcesAgain() throws IOException {
        try (LogBench bench = new LogBench(disk)) {
            GroupLog group = bench.begin(LogBench.GROUP);
            disk.failForceAfter(0);
            RecordBatch batch = new RecordBatch();
            batch.entry(group, LogBench.entry(1, "lost"));
            assertThat(bench.submit(batch)).isNull();
            assertThat(bench.ended.join()).hasMessage("force failed");
            disk.failForceAfter(Integer.MAX_VALUE);
            long forces = bench.log.forces();
            RecordBatch later = new RecordBatch();
            later.entry(group, LogBench.entry(2, "later"));
            assertThat(bench.submit(later)).isNull();
            assertThat(bench.log.forces()).isEqualTo(forces);
        }
    }

    @Test
    void startsOnAVolumeThatFilledWhileNobodyRan() throws IOException {
        List<String> acknowledged;
        try (LogBench bench = new LogBench(disk)) {
            bench.append(bench.begin(LogBench.GROUP), "kept");
            acknowledged = LogBench.texts(bench.group(LogBench.GROUP));
        }
        FaultyDisk full = disk.afterKill();
        assertThat(full.list()).contains("reserve");
        full.limit(Long.MAX_VALUE - full.usableBytes());
        assertThat(full.usableBytes()).isZero();
        try (LogBench bench = new LogBench(full)) {
            assertThat(LogBench.texts(bench.group(LogBench.GROUP))).isEqualTo(acknowledged);
        }
    }

    @Test
    void endsTheProcessWhenTheVolumeIsFullAndLosesNothing() throws IOException {
        List<String> acknowledged;
        try (LogBench bench = new LogBench(disk)) {
            GroupLog group = bench.begin(LogBench.GROUP);
            bench.append(group, "kept");
            acknowledged = LogBench.texts(group);
            disk.limit(0);
            RecordBatch batch = new RecordBatch();
            batch.entry(group, LogBench.entry(2, "no room"));
            assertThat(bench.submit(batch)).isNull();
        }
        disk.limit(Long.MAX_VALUE);
        try (LogBench bench = new LogBench(disk.afterKill())) {
            assertThat(LogBench.texts(bench.group(LogBench.GROUP))).isEqualTo(acknowledged);
        }
    }

    @Test
    void turnsLowAndCriticalAsTheBudgetFillsAndBackWhenSpaceReturns() throws IOException {
        try (LogBench bench = new LogBench(disk)) {
            GroupLog group = bench.begin(LogBench.GROUP);
            assertThat(bench.log.space().level()).isEqualTo(LogSpace.Level.ENOUGH);
            String text = "x".repeat(30_000);
            while (bench.log.refreshSpace().level() == LogSpace.Level.ENOUGH) {
                bench.append(group, text);
            }
            assertThat(bench.log.space().level()).isEqualTo(LogSpace.Level.LOW);
            while (bench.log.refreshSpace().level() != LogSpace.Level.CRITICAL) {
                bench.append(group, text);
            }
            SnapshotMarker purged = new SnapshotMarker(
                    group.lastIndex(),
                    1,
                    group.marker().configuration(),
                    group.marker().configurationIndex());
            bench.write(batch -> batch.marker(group, purged, true));
            bench.write(bench.log::collect);
            bench.write(bench.log::collect);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> bench.log.refreshSpace().level() == LogSpace.Level.ENOUGH);
            assertThat(disk.segments()).hasSizeLessThan(4);
            bench.append(group, "after");
        }
        try (LogBench bench = new LogBench(disk.afterKill())) {
            assertThat(LogBench.texts(bench.group(LogBench.GROUP))).containsExactly("after");
        }
    }

    @Test
    void keepsAnIdleGroupWhenItsSegmentsGo() throws IOException {
        GroupId idle = new GroupId(9, 9);
        try (LogBench bench = new LogBench(disk)) {
            GroupLog quiet = bench.begin(idle);
            bench.append(quiet, "idle row");
            GroupLog busy = bench.begin(LogBench.GROUP);
            for (int i = 0; i < 400; i++) {
                bench.append(busy, "row " + i);
            }
            SnapshotMarker purged =
                    new SnapshotMarker(busy.lastIndex(), 1, busy.marker().configuration(), 0);
            bench.write(batch -> batch.marker(busy, purged, true));
            for (int i = 0; i < 3; i++) {
                RecordBatch batch = new RecordBatch();
                bench.log.collect(batch);
                batch.hardState(busy, new HardState(i + 2, null));
                bench.write(batch);
            }
            assertThat(LogBench.texts(quiet)).containsExactly("idle row");
            assertThat(disk.segments()).hasSizeLessThan(4);
        }
        try (LogBench bench = new LogBench(disk.afterPowerFailure(new Random(1)))) {
            assertThat(LogBench.texts(bench.group(idle))).containsExactly("idle row");
            assertThat(bench.group(LogBench.GROUP).firstIndex()).isEqualTo(401);
        }
    }

    @Test
    void forgetsADroppedGroup() throws IOException {
        try (LogBench bench = new LogBench(disk)) {
            GroupLog group = bench.begin(LogBench.GROUP);
            bench.append(group, "gone");
            bench.write(batch -> bench.log.drop(batch, group));
        }
        try (LogBench bench = new LogBench(disk.afterKill())) {
            assertThat(bench.log.groups()).isEmpty();
        }
    }

    @Test
    void refusesRotInTheFirstFrame() throws IOException {
        fill(20);
        String first = disk.segments().getFirst();
        disk.flip(first, 40);
        assertRefused("damaged at byte 0");
    }

    @Test
    void refusesRotInAMiddleFrame() throws IOException {
        fill(20);
        String first = disk.segments().getFirst();
        disk.flip(first, disk.bytes(first).length / 2L);
        assertRefused("damaged");
    }

    @Test
    void refusesRotInTheLastFrameBehindWhichAMarkStands() throws IOException {
        fill(20);
        String last = disk.segments().getLast();
        disk.flip(last, disk.bytes(last).length - BatchFormat.HEADER_BYTES - 12L);
        assertRefused("a later frame");
    }

    @Test
    void refusesWhenTheNewestSegmentIsGone() throws IOException {
        fill(200);
        assertThat(disk.segments()).hasSizeGreaterThan(1);
        disk.delete(disk.segments().getLast());
        assertRefused("is gone");
    }

    @Test
    void refusesWhenTheManifestIsGoneOrChanged() throws IOException {
        fill(20);
        FaultyDisk without = disk.afterKill();
        without.delete(Manifest.NAME);
        assertThatThrownBy(() -> new LogBench(without))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("the manifest is gone");
        disk.flip(Manifest.NAME, 3);
        assertRefused("checksum");
    }

    /** Writes entries and waits for the mark that an idle log leaves. */
    private void fill(int entries) throws IOException {
        try (LogBench bench = new LogBench(disk)) {
            GroupLog group = bench.begin(LogBench.GROUP);
            for (int i = 0; i < entries; i++) {
                bench.append(group, "row " + i);
            }
            String last = disk.segments().getLast();
            int size = disk.bytes(last).length;
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> disk.bytes(last).length == size + BatchFormat.HEADER_BYTES);
        }
    }

    private void assertRefused(String reason) {
        List<String> before = disk.segments();
        assertThatThrownBy(() -> new LogBench(disk))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining(reason);
        assertThat(disk.segments()).isEqualTo(before);
    }
}
