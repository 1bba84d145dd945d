package io.shardeddb.documents.expression;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Operators on texts. Their characters are code points of Unicode. */
final class Texts {

    /** The longest text that an operator makes, in UTF-16 units: no document could hold a longer one. */
    private static final int LONGEST = 1 << 20;

    private Texts() {}

    static DocumentValue concat(List<@Nullable DocumentValue> values, Spot place) {
        StringBuilder out = new StringBuilder();
        for (DocumentValue value : values) {
            if (Truth.isNothing(value)) {
                return DocumentValue.NullValue.NULL;
            }
            if (!(value instanceof DocumentValue.TextValue(String text))) {
                throw place.error("only texts are allowed here, not " + TypeNames.described(value));
            }
            if (out.length() + text.length() > LONGEST) {
                throw place.error("the text would have more than " + LONGEST + " characters");
            }
            out.append(text);
        }
        return new DocumentValue.TextValue(out.toString());
    }

    static DocumentValue lower(List<@Nullable DocumentValue> values, Spot place) {
        return new DocumentValue.TextValue(plain(values.getFirst(), place).toLowerCase(Locale.ROOT));
    }

    static DocumentValue upper(List<@Nullable DocumentValue> values, Spot place) {
        return new DocumentValue.TextValue(plain(values.getFirst(), place).toUpperCase(Locale.ROOT));
    }

    /** How many characters a text has. */
    static DocumentValue length(List<@Nullable DocumentValue> values, Spot place) {
        if (values.getFirst() instanceof DocumentValue.TextValue(String text)) {
            return new DocumentValue.IntegerValue(text.codePointCount(0, text.length()));
        }
        throw place.error("only a text is allowed here, not " + TypeNames.described(values.getFirst()));
    }

    /** A part of a text: from a character on, so many characters. */
    static DocumentValue part(List<@Nullable DocumentValue> values, Spot place) {
        String text = plain(values.get(0), place);
        long from = Arrays.index(values.get(1), place);
        long count = Arrays.index(values.get(2), place);
        if (from < 0 || count < 0) {
            throw place.error("the start and the number of characters are 0 or more");
        }
        int characters = text.codePointCount(0, text.length());
        int first = (int) Math.min(from, characters);
        int last = first + (int) Math.min(count, characters - first);
        return new DocumentValue.TextValue(
                text.substring(text.offsetByCodePoints(0, first), text.offsetByCodePoints(0, last)));
    }

    /** A value as a text: numbers as JSON writes them. Null stays null. */
    static DocumentValue string(List<@Nullable DocumentValue> values, Spot place) {
        DocumentValue value = values.getFirst();
        if (Truth.isNothing(value)) {
            return DocumentValue.NullValue.NULL;
        }
        return new DocumentValue.TextValue(
                value instanceof DocumentValue.BooleanValue(boolean bool)
                        ? Boolean.toString(bool)
                        : plain(value, place));
    }

    private static String plain(@Nullable DocumentValue value, Spot place) {
        return switch (value) {
            case null -> "";
            case DocumentValue.NullValue _ -> "";
            case DocumentValue.TextValue(String text) -> text;
            case DocumentValue.IntegerValue(long number) -> Long.toString(number);
            case DocumentValue.DoubleValue(double number) -> Double.toString(number);
            default -> throw place.error("only a text or number is allowed here, not " + TypeNames.described(value));
        };
    }
}
