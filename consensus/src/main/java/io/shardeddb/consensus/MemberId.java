package io.shardeddb.consensus;

import java.util.random.RandomGenerator;

/**
 * The identity of one member of a group, born with its data directory: made durable before the first contact with any
 * other member. A member whose log is lost gets a new id and never the old one again; a vote or an acknowledgement
 * under the old id would break the promises that the lost log contained.
 */
public final class MemberId extends Identity<MemberId> {

    /** An id of these bits. */
    public MemberId(long high, long low) {
        super(high, low);
    }

    private MemberId(String text) {
        super(text);
    }

    /** A new id from the given source of randomness. */
    public static MemberId random(RandomGenerator random) {
        return new MemberId(random.nextLong(), random.nextLong());
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException if the text is not 32 hexadecimal digits
     */
    public static MemberId parse(String text) {
        return new MemberId(text);
    }
}
