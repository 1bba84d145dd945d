package io.shardeddb.bench.keys;

/** Spreads consecutive numbers. */
public final class Mixing {

    /** 2^64 divided by the golden ratio, odd: consecutive multiples lie far apart. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Mixing() {}

    /** The finaliser of MurmurHash3 (public domain, A. Appleby): a bijection of 64-bit numbers. */
    public static long of(long number) {
        long mixed = number;
        mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    /**
     * The key of the row with this number: different for different numbers, spread evenly over 0 to 2^bits - 1.
     *
     * @param number 0 to 2^bits - 1
     * @param bits 1 to 63
     */
    public static long key(long number, int bits) {
        return (number * GOLDEN) & ((1L << bits) - 1);
    }
}
