package io.shardeddb.consensus;

import java.util.random.RandomGenerator;

/**
 * The unique id of one consensus group: never reused, so that a group which is created again under the same name shares
 * nothing with the earlier one.
 */
public final class GroupId extends Identity<GroupId> {

    /** An id of these bits. */
    public GroupId(long high, long low) {
        super(high, low);
    }

    private GroupId(String text) {
        super(text);
    }

    /** A new id from the given source of randomness. */
    public static GroupId random(RandomGenerator random) {
        return new GroupId(random.nextLong(), random.nextLong());
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException if the text is not 32 hexadecimal digits
     */
    public static GroupId parse(String text) {
        return new GroupId(text);
    }
}
