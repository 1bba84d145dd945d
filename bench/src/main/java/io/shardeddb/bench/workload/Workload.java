package io.shardeddb.bench.workload;

import io.shardeddb.bench.keys.KeyDistribution;
import io.shardeddb.bench.keys.Mixing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What clients do: a table, how many rows it holds at first, and a mix of operations over a distribution of keys.
 *
 * @param rowsAtFirst rows loaded before, at least 1 unless the workload only inserts
 * @param mix parts of each kind of operation; they sum to 1
 * @param batch rows of one insert
 * @param scanMax rows of the longest scan; lengths are uniform from 1
 */
public record Workload(
        String name,
        Table table,
        long rowsAtFirst,
        Map<Operation.Kind, Double> mix,
        KeyDistribution distribution,
        int batch,
        int scanMax) {

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    public Workload {
        mix = Map.copyOf(mix);
        double sum = mix.values().stream().mapToDouble(Double::doubleValue).sum();
        if (Math.abs(sum - 1) > 1e-9) {
            throw new IllegalArgumentException("the parts of " + name + " sum to " + sum + ", not to 1");
        }
    }

    /** Inserts of so many rows each. */
    public static Workload inserts(Table table, int batch) {
        return new Workload(
                batch == 1 ? "single-row inserts" : batch + "-row inserts",
                table,
                0,
                Map.of(Operation.Kind.INSERT, 1.0),
                KeyDistribution.uniform(),
                batch,
                1);
    }

    /** Reads of single rows, all equally often. */
    public static Workload pointReads(Table table, long rows) {
        return new Workload(
                "point reads", table, rows, Map.of(Operation.Kind.READ, 1.0), KeyDistribution.uniform(), 1, 1);
    }

    /** Reads of up to 100 neighbouring rows. */
    public static Workload rangeReads(Table table, long rows) {
        return new Workload(
                "range reads", table, rows, Map.of(Operation.Kind.SCAN, 1.0), KeyDistribution.uniform(), 1, 100);
    }

    /** Half reads, a quarter updates, a quarter inserts. */
    public static Workload mixed(Table table, long rows) {
        return new Workload(
                "mixed",
                table,
                rows,
                Map.of(Operation.Kind.READ, 0.5, Operation.Kind.UPDATE, 0.25, Operation.Kind.INSERT, 0.25),
                KeyDistribution.uniform(),
                1,
                1);
    }

    /** All clients add 1 to one number of one row. */
    public static Workload counter(Table table) {
        return new Workload(
                "additions to one counter", table, 1, Map.of(Operation.Kind.ADD, 1.0), KeyDistribution.uniform(), 1, 1);
    }

    /** The next operation of a client. */
    public Operation next(RandomGenerator random, Population population) {
        return operation(kind(random.nextDouble()), random, population);
    }

    private Operation.Kind kind(double drawn) {
        double left = drawn;
        Operation.Kind last = null;
        for (Operation.Kind kind : Operation.Kind.values()) {
            Double part = mix.get(kind);
            if (part != null) {
                last = kind;
                left -= part;
                if (left < 0) {
                    break;
                }
            }
        }
        if (last == null) {
            throw new IllegalStateException(name + " has no operations");
        }
        return last;
    }

    private Operation operation(Operation.Kind kind, RandomGenerator random, Population population) {
        return switch (kind) {
            case INSERT -> insert(random, population, batch);
            case READ -> new Operation.Read(existing(random, population));
            case SCAN -> new Operation.Scan(existing(random, population), 1 + random.nextInt(scanMax));
            case UPDATE -> update(existing(random, population), random);
            case ADD -> new Operation.Add(existing(random, population), number(), 1);
            case READ_MODIFY_WRITE -> {
                long key = existing(random, population);
                yield new Operation.ReadModifyWrite(new Operation.Read(key), update(key, random));
            }
        };
    }

    /** An insert of the next rows. */
    public Operation.Insert insert(RandomGenerator random, Population population, int rows) {
        long first = population.reserve(rows);
        List<List<Object>> values = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            values.add(row(first + i, random));
        }
        return new Operation.Insert(first, values);
    }

    private List<Object> row(long number, RandomGenerator random) {
        List<Object> values = new ArrayList<>(table.columns().size());
        values.add(Mixing.key(number, Table.KEY_BITS));
        for (int i = 1; i < table.columns().size(); i++) {
            values.add(value(table.columns().get(i), random));
        }
        return values;
    }

    private long existing(RandomGenerator random, Population population) {
        // Without inserts of its own, a workload stays with the rows that it was given, whatever else was written
        // before.
        long items = mix.containsKey(Operation.Kind.INSERT) ? population.present() : rowsAtFirst;
        return Mixing.key(distribution.next(random, Math.max(1, items)), Table.KEY_BITS);
    }

    /** The first column behind the key that holds numbers. */
    private int number() {
        for (int i = 1; i < table.columns().size(); i++) {
            if (table.columns().get(i).number()) {
                return i;
            }
        }
        throw new IllegalStateException("table " + table.name() + " has no number to add to");
    }

    private Operation.Update update(long key, RandomGenerator random) {
        int column = 1 + random.nextInt(table.columns().size() - 1);
        return new Operation.Update(key, column, value(table.columns().get(column), random));
    }

    private static Object value(Table.Column column, RandomGenerator random) {
        if (column.number()) {
            return (long) random.nextInt(1_000_000);
        }
        StringBuilder text = new StringBuilder(column.length());
        for (int i = 0; i < column.length(); i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }
}
