package io.shardeddb.protocol.schema;

/** How much a value may differ from its column's type. */
public enum CoercionMode {
    /** Our own interfaces: the right type only; whole numbers beyond 2^53 also as strings of digits. */
    STRICT,
    /**
     * The seeds' endpoints: numbers and strings become one another, and surplus fraction digits are rounded, half away
     * from zero.
     */
    SEED
}
