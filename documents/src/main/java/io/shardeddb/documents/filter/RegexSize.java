package io.shardeddb.documents.filter;

import com.google.re2j.Pattern;

/**
 * Compiles patterns whose size is bounded. A short pattern may stand for a long one, as {@code (a{1000}){1000}} does.
 * The time to find a pattern grows with its size, and so does the memory that it takes.
 */
final class RegexSize {

    /** Steps of a compiled pattern, at most. */
    static final int MAX_STEPS = 2_000;

    /** Beyond this the pattern is not even compiled. The estimate is far above the steps of ordinary patterns. */
    private static final long MAX_ESTIMATE = 500_000;

    private static final java.util.regex.Pattern REPEATED =
            java.util.regex.Pattern.compile("\\{([0-9]{1,9})(?:,([0-9]{0,9}))?}");

    private RegexSize() {}

    /** Says that a pattern stands for too much. */
    static final class TooLarge extends Exception {
        private TooLarge() {
            super("a pattern of too many steps");
        }
    }

    /**
     * A pattern of at most {@link #MAX_STEPS}.
     *
     * @throws TooLarge if it has more
     * @throws com.google.re2j.PatternSyntaxException if it is none
     */
    static Pattern compile(String text, int flags) throws TooLarge {
        if (estimate(text) > MAX_ESTIMATE) {
            throw new TooLarge();
        }
        Pattern pattern = Pattern.compile(text, flags);
        if (pattern.programSize() > MAX_STEPS) {
            throw new TooLarge();
        }
        return pattern;
    }

    /** No less than the steps, as if each repetition were within all others. */
    private static long estimate(String text) {
        long estimate = Math.max(1, text.length());
        var repeated = REPEATED.matcher(text);
        while (repeated.find() && estimate <= MAX_ESTIMATE) {
            String most =
                    repeated.group(2) == null || repeated.group(2).isEmpty() ? repeated.group(1) : repeated.group(2);
            estimate *= Math.max(1, Long.parseLong(most));
        }
        return estimate;
    }
}
