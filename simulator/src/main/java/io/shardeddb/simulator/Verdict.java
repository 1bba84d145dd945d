package io.shardeddb.simulator;

import java.util.List;
import java.util.regex.Pattern;

/** How a run ended. */
public sealed interface Verdict {
    /** Every rule held. */
    record Clean() implements Verdict {}

    /**
     * A rule was broken.
     *
     * @param rule which one, in the same words for every seed: two violations are the same when their rules are equal
     * @param text what was seen, with names and numbers
     */
    record Violation(String rule, String text) implements Verdict {
        private static final Pattern DETAILS = Pattern.compile("[:;] .*", Pattern.DOTALL);
        private static final Pattern NUMBERS = Pattern.compile("\\d+");

        /**
         * A violation told in words alone: its rule is what stands before the first colon or semicolon, with N for each
         * number.
         */
        public static Violation told(String text) {
            String claim = DETAILS.matcher(text).replaceFirst("");
            return new Violation(NUMBERS.matcher(claim).replaceAll("N"), text);
        }

        /** An exception of the system under test, which must throw none. */
        public static Violation thrown(RuntimeException broken) {
            List<StackTraceElement> stack = List.of(broken.getStackTrace());
            String place = stack.isEmpty() ? "" : " in " + stack.getFirst().getClassName();
            return new Violation(
                    "nothing throws " + broken.getClass().getSimpleName() + place,
                    broken + " at " + stack.subList(0, Math.min(12, stack.size())));
        }
    }
}
