package io.shardeddb.documents.sql;

import java.util.Optional;

/** Values from one to another, both included, as an index of a path holds them. */
public sealed interface IndexRange {

    /** Whether it is a single value. */
    boolean isSingle();

    /** How much of an index it is likely to be: 1 is a value, 10 has two ends, and 1,000 has one. */
    int weight();

    /** What lies in this range and in another one; empty for ranges of two kinds too. */
    Optional<IndexRange> common(IndexRange other);

    /** Numbers. Different numbers may be one double. */
    record Numbers(double least, double greatest) implements IndexRange {

        /** All numbers. */
        static final Numbers ALL = new Numbers(-Double.MAX_VALUE, Double.MAX_VALUE);

        @Override
        public boolean isSingle() {
            return least == greatest;
        }

        @Override
        public int weight() {
            return isSingle() ? 1 : least > ALL.least && greatest < ALL.greatest ? 10 : 1_000;
        }

        @Override
        public Optional<IndexRange> common(IndexRange other) {
            if (!(other instanceof Numbers(double otherLeast, double otherGreatest))) {
                return Optional.empty();
            }
            double from = Math.max(least, otherLeast);
            double to = Math.min(greatest, otherGreatest);
            return from <= to ? Optional.of(new Numbers(from, to)) : Optional.empty();
        }
    }

    /**
     * JSON of values that are no numbers, by its first {@link TextRanges#BYTES} bytes. Each character of the ends is a
     * byte, from 0 to 255: so ends are compared as bytes are.
     */
    record Texts(String least, String greatest) implements IndexRange {
        @Override
        public boolean isSingle() {
            return least.equals(greatest);
        }

        @Override
        public int weight() {
            return isSingle() ? 1 : least.length() > 1 && !greatest.equals(TextRanges.BEHIND_ALL) ? 10 : 1_000;
        }

        @Override
        public Optional<IndexRange> common(IndexRange other) {
            if (!(other instanceof Texts(String otherLeast, String otherGreatest))) {
                return Optional.empty();
            }
            String from = least.compareTo(otherLeast) >= 0 ? least : otherLeast;
            String to = greatest.compareTo(otherGreatest) <= 0 ? greatest : otherGreatest;
            return from.compareTo(to) <= 0 ? Optional.of(new Texts(from, to)) : Optional.empty();
        }
    }
}
