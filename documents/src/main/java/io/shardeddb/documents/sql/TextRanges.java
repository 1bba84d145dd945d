package io.shardeddb.documents.sql;

import io.shardeddb.documents.sql.IndexRange.Texts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where texts are in an index of their JSON. There a text begins and ends with a quote, and a backslash comes before
 * quotes, backslashes and control characters. So the index has not quite the order of the texts, and ranges hold
 * more than the texts that are asked for. Never less.
 */
final class TextRanges {

    /** Bytes of a value's JSON that an index holds. */
    static final int BYTES = 255;

    /** Behind the JSON of every text: no UTF-8 has this byte. */
    static final String BEHIND_ALL = "\"\u00ff";

    private static final String QUOTE = "\"";
    private static final char AFTER = '\u00ff';
    private static final char BACKSLASH = '\\';

    /** Characters of a text that an end of a range depends on, at most. */
    private static final int CHARACTERS = 16;

    private TextRanges() {}

    /** Whether JSON has a character as it is. */
    private static boolean isPlain(int character) {
        return character >= ' ' && character != '"' && character != BACKSLASH;
    }

    /** The first characters of a text that stand in JSON as they are, at most so many. */
    private static int[] plain(String text, int most) {
        return text.codePoints().limit(most).takeWhile(TextRanges::isPlain).toArray();
    }

    /** The JSON of a text's first characters, each byte as a character. */
    private static String begin(int[] characters, int count) {
        byte[] bytes = (QUOTE + new String(characters, 0, count)).getBytes(StandardCharsets.UTF_8);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String cut(String bytes) {
        return bytes.length() <= BYTES ? bytes : bytes.substring(0, BYTES);
    }

    /** The text itself. If its JSON has a backslash, all that is the same up to there. */
    static IndexRange equal(String text) {
        int[] plain = plain(text, Integer.MAX_VALUE);
        String begin = begin(plain, plain.length);
        if (plain.length == text.codePointCount(0, text.length())) {
            String whole = cut(begin + QUOTE);
            return new Texts(whole, whole);
        }
        return new Texts(cut(begin + BACKSLASH), cut(begin + BACKSLASH + AFTER));
    }

    /** The text and all behind it. */
    static IndexRange atLeast(String text) {
        int[] plain = plain(text, CHARACTERS);
        return new Texts(begin(plain, plain.length), BEHIND_ALL);
    }

    /** The text and all in front of it. */
    static List<IndexRange> atMost(String text) {
        int[] plain = plain(text, CHARACTERS);
        boolean whole = plain.length == text.codePointCount(0, text.length());
        List<IndexRange> ranges = new ArrayList<>();
        ranges.add(new Texts(QUOTE, begin(plain, plain.length) + (whole ? QUOTE : AFTER)));
        // A lesser text differs first at one of these characters. There it may have a greater byte: a backslash in
        // front of a lesser character, or the quote at its end.
        for (int i = 0; i < plain.length; i++) {
            String before = begin(plain, i);
            if (plain[i] < BACKSLASH) {
                ranges.add(new Texts(before + BACKSLASH, before + BACKSLASH + AFTER));
            }
            if (plain[i] < '"') {
                ranges.add(new Texts(before + QUOTE, before + QUOTE));
            }
        }
        return ranges;
    }
}
