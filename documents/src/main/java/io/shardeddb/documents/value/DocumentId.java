package io.shardeddb.documents.value;

import io.shardeddb.documents.value.DocumentValue.BooleanValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import io.shardeddb.protocol.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ids of documents, and values of shard keys, as the bytes of their columns. The order of the bytes is
 * {@link ValueOrder}. The bytes never change: rows are found by them.
 */
public final class DocumentId {

    /** The member of a document that is its id. */
    public static final String NAME = "_id";

    /** Greatest length of a text that is an id or a shard key's value, in bytes of UTF-8. */
    public static final int MAX_TEXT_BYTES = 1000;

    private static final byte NUMBER = 0x10;
    private static final byte TEXT = 0x20;
    private static final byte BOOLEAN = 0x40;

    /** In the order of their characters, so that texts have the order of the numbers. */
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

    private static final int TIME_DIGITS = 10;
    private static final int RANDOM_DIGITS = 16;
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,19}");

    private DocumentId() {}

    /**
     * The bytes of an id.
     *
     * @param id a text of 1 to {@link #MAX_TEXT_BYTES} bytes, or a whole number
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_DOCUMENT for anything else
     */
    public static byte[] bytes(@Nullable DocumentValue id, Place place) {
        if (id instanceof TextValue(String text)) {
            if (text.isEmpty()) {
                throw place.refuse(ErrorCode.INVALID_DOCUMENT, "an _id is not empty");
            }
            return text(text, "an _id", place);
        }
        if (id instanceof IntegerValue(long number)) {
            return number(number);
        }
        throw place.refuse(
                ErrorCode.INVALID_DOCUMENT,
                "an _id is a text of 1 to " + MAX_TEXT_BYTES + " bytes or a whole number of 64 bits, not "
                        + inWords(id));
    }

    /**
     * The bytes of a shard key's value.
     *
     * @param value a text of at most {@link #MAX_TEXT_BYTES} bytes, a whole number, or a boolean. Null, a missing
     *     value, a number with a fraction, an array and an object are refused: documents with equal values must have
     *     equal bytes.
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_DOCUMENT for anything else
     */
    public static byte[] shardKeyBytes(@Nullable DocumentValue value, Place place) {
        return switch (value) {
            case TextValue(String text) -> text(text, "a shard key's value", place);
            case IntegerValue(long number) -> number(number);
            case BooleanValue(boolean bool) -> new byte[] {BOOLEAN, (byte) (bool ? 1 : 0)};
            case null, default ->
                throw place.refuse(
                        ErrorCode.INVALID_DOCUMENT,
                        "a shard key's value is a text of at most " + MAX_TEXT_BYTES
                                + " bytes, a whole number of 64 bits or a boolean, not " + inWords(value));
        };
    }

    /**
     * The bytes that a stored value has if it equals this one, which a filter asks for; empty if no stored id or shard
     * key can equal it. A double that is whole asks for the integer of its amount.
     */
    public static Optional<byte[]> bytesOfEqual(DocumentValue asked) {
        return switch (asked) {
            case TextValue(String text)
            when Utf8.possible(text) && Utf8.length(text) <= MAX_TEXT_BYTES ->
                Optional.of(text(text, "", new Place("")));
            case IntegerValue(long number) -> Optional.of(number(number));
            case DoubleValue(double real)
            when ValueOrder.equal(asked, DocumentValue.of((long) real)) -> Optional.of(number((long) real));
            case BooleanValue(boolean bool) -> Optional.of(new byte[] {BOOLEAN, (byte) (bool ? 1 : 0)});
            default -> Optional.empty();
        };
    }

    /**
     * The value of such bytes.
     *
     * @throws IllegalArgumentException if they are of no id and no shard key
     */
    public static DocumentValue value(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        byte type = bytes.length == 0 ? 0 : buffer.get();
        if (type == NUMBER && bytes.length == 1 + Long.BYTES) {
            return DocumentValue.of(buffer.getLong() ^ Long.MIN_VALUE);
        }
        if (type == BOOLEAN && bytes.length == 2 && (bytes[1] == 0 || bytes[1] == 1)) {
            return DocumentValue.of(bytes[1] == 1);
        }
        if (type == TEXT) {
            try {
                return DocumentValue.of(
                        StandardCharsets.UTF_8.newDecoder().decode(buffer).toString());
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("the bytes of an id are no UTF-8", e);
            }
        }
        throw new IllegalArgumentException("these are no bytes of an id: " + bytes.length + " bytes, type " + type);
    }

    /**
     * A new id: a text of 26 letters and digits, of which the first ten tell the time. Ids of a later millisecond are
     * greater.
     *
     * @param millis since the epoch, not negative
     * @param random gives 80 bits
     */
    public static TextValue generate(long millis, RandomGenerator random) {
        StringBuilder text = new StringBuilder(TIME_DIGITS + RANDOM_DIGITS);
        for (int digit = TIME_DIGITS - 1; digit >= 0; digit--) {
            text.append(DIGITS.charAt((int) (millis >>> (5 * digit)) & 31));
        }
        for (int digit = 0; digit < RANDOM_DIGITS; digit++) {
            text.append(DIGITS.charAt(random.nextInt(32)));
        }
        return DocumentValue.of(text.toString());
    }

    /**
     * The id that the last part of an address names. A whole number means that number. A text in double quotes means
     * the text between them, and any other text itself.
     */
    public static DocumentValue ofAddress(String part) {
        if (part.length() >= 2 && part.startsWith("\"") && part.endsWith("\"")) {
            return DocumentValue.of(part.substring(1, part.length() - 1));
        }
        if (WHOLE.matcher(part).matches()) {
            try {
                long number = Long.parseLong(part);
                if (Long.toString(number).equals(part)) {
                    return DocumentValue.of(number);
                }
            } catch (NumberFormatException beyond64Bits) {
                return DocumentValue.of(part);
            }
        }
        return DocumentValue.of(part);
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(1 + Long.BYTES)
                .put(NUMBER)
                .putLong(number ^ Long.MIN_VALUE)
                .array();
    }

    private static byte[] text(String text, String what, Place place) {
        if (!Utf8.possible(text)) {
            throw place.refuse(ErrorCode.INVALID_DOCUMENT, what + " has half of a surrogate pair: not a Unicode text");
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > MAX_TEXT_BYTES) {
            throw place.refuse(
                    ErrorCode.INVALID_DOCUMENT,
                    what + " has " + utf8.length + " bytes, at most " + MAX_TEXT_BYTES + " are allowed");
        }
        return ByteBuffer.allocate(1 + utf8.length).put(TEXT).put(utf8).array();
    }

    private static String inWords(@Nullable DocumentValue value) {
        return switch (value) {
            case null -> "missing";
            case DoubleValue(double real) -> "the number " + real;
            default -> value.typeInWords();
        };
    }
}
