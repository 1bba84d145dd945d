package io.shardeddb.bench.workload;

import io.shardeddb.bench.keys.KeyDistribution;
import io.shardeddb.bench.workload.Operation.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The core workloads of the Yahoo! Cloud Serving Benchmark (B. Cooper et al., SoCC 2010), with their published mixes.
 * Different here: the key is a number, and an update writes one field.
 */
public enum Ycsb {
    /** Update heavy: half reads, half updates. */
    A(Map.of(Kind.READ, 0.5, Kind.UPDATE, 0.5), Keys.ZIPFIAN),
    /** Read mostly: 95 % reads, 5 % updates. */
    B(Map.of(Kind.READ, 0.95, Kind.UPDATE, 0.05), Keys.ZIPFIAN),
    /** Read only. */
    C(Map.of(Kind.READ, 1.0), Keys.ZIPFIAN),
    /** Read latest: 95 % reads of the newest rows, 5 % inserts. */
    D(Map.of(Kind.READ, 0.95, Kind.INSERT, 0.05), Keys.LATEST),
    /** Short ranges: 95 % scans of up to 100 rows, 5 % inserts. */
    E(Map.of(Kind.SCAN, 0.95, Kind.INSERT, 0.05), Keys.ZIPFIAN),
    /** Read-modify-write: half reads, half reads followed by an update. */
    F(Map.of(Kind.READ, 0.5, Kind.READ_MODIFY_WRITE, 0.5), Keys.ZIPFIAN);

    private enum Keys {
        ZIPFIAN,
        LATEST
    }

    private static final int SCAN_MAX = 100;

    @SuppressWarnings("ImmutableEnumChecker") // made by Map.of only
    private final Map<Kind, Double> mix;

    private final Keys keys;

    Ycsb(Map<Kind, Double> mix, Keys keys) {
        this.mix = mix;
        this.keys = keys;
    }

    /** The workload over a table with so many rows at first. */
    public Workload workload(long rows) {
        KeyDistribution distribution =
                keys == Keys.LATEST ? KeyDistribution.latest(rows) : KeyDistribution.scrambledZipfian(rows);
        return new Workload("YCSB " + name(), Table.userTable(), rows, mix, distribution, 1, SCAN_MAX);
    }

    /**
     * All of them, by name.
     *
     * @throws IllegalArgumentException when a letter is none of A to F
     */
    public static List<Ycsb> parse(String letters) {
        return letters.chars()
                .mapToObj(letter -> Stream.of(values())
                        .filter(one -> one.name().equalsIgnoreCase(Character.toString(letter)))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "no YCSB workload \"" + Character.toString(letter) + "\"; there are A to F")))
                .toList();
    }
}
