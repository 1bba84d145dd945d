package io.shardeddb.consensus;

import java.util.HexFormat;

/** The text form of 128-bit ids: 32 lower-case hexadecimal digits. */
final class Hexadecimal {
    private static final HexFormat FORMAT = HexFormat.of();
    private static final int DIGITS = 32;

    private Hexadecimal() {}

    static String of(long high, long low) {
        return FORMAT.toHexDigits(high) + FORMAT.toHexDigits(low);
    }

    static long upperHalf(String text) {
        return HexFormat.fromHexDigitsToLong(checked(text), 0, DIGITS / 2);
    }

    static long lowerHalf(String text) {
        return HexFormat.fromHexDigitsToLong(checked(text), DIGITS / 2, DIGITS);
    }

    private static String checked(String text) {
        if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("an id is 32 hexadecimal digits, not \"" + text + "\"");
        }
        return text;
    }
}
