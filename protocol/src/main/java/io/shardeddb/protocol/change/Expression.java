package io.shardeddb.protocol.change;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.ColumnType.DecimalType;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.JsonType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes a column's next value of its present one. The arithmetic is exact: there is none of floating-point numbers. */
public sealed interface Expression {

    /**
     * Bytes of a JSON value that an expression makes, at most: 1 MiB. It stays within what one packet to the database
     * may hold.
     */
    int MAX_JSON_BYTES = 1 << 20;

    /** Steps of a path, at most: no stored value is deeper. */
    int MAX_PATH = CanonicalJson.MAX_STORED_DEPTH;

    /**
     * The next value.
     *
     * @param present the column's value now
     * @throws DatabaseException {@link ErrorCode#OUT_OF_BOUNDS} or {@link ErrorCode#PATH_BLOCKED}: it cannot be made of
     *     what is there
     */
    Value evaluate(Value present, ColumnDefinition column);

    /**
     * Refuses an expression that fits no value of a column.
     *
     * @throws DatabaseException of kind INVALID
     */
    void check(ColumnDefinition column);

    /**
     * Adds to a number. NULL counts as 0.
     *
     * @param amount of the column's type; for unsigned columns a signed {@link Value.Int64}, so that one can subtract
     * @param least the sum must not be less; absent: the type's least
     * @param greatest the sum must not be greater; absent: the type's greatest
     */
    record Add(
            Value amount, @Nullable Value least, @Nullable Value greatest) implements Expression {

        @Override
        public Value evaluate(Value present, ColumnDefinition column) {
            BigDecimal before = present instanceof Value.Null ? BigDecimal.ZERO : number(present);
            BigDecimal sum = before.add(number(amount));
            Value low = least;
            Value high = greatest;
            if ((low != null && sum.compareTo(number(low)) < 0) || (high != null && sum.compareTo(number(high)) > 0)) {
                throw outOfBounds(
                        column,
                        before.toPlainString() + " and " + number(amount).toPlainString() + " make "
                                + sum.toPlainString() + ", which is "
                                + (low != null && sum.compareTo(number(low)) < 0
                                        ? "less than " + number(low).toPlainString()
                                        : "greater than "
                                                + number(Objects.requireNonNull(high))
                                                        .toPlainString()));
            }
            return switch (column.type()) {
                case NumberType ignored -> integer(sum, 64, false, column);
                case IntegerType(ColumnType.Width width, boolean unsigned) ->
                    integer(sum, width.bits(), unsigned, column);
                case DecimalType type -> decimal(sum, type, column);
                default -> throw notANumber(column);
            };
        }

        @Override
        public void check(ColumnDefinition column) {
            if (!(column.type() instanceof NumberType
                    || column.type() instanceof IntegerType
                    || column.type() instanceof DecimalType)) {
                throw notANumber(column);
            }
            for (Value each : new @Nullable Value[] {amount, least, greatest}) {
                if (each != null && !isNumber(each, column.type())) {
                    throw new DatabaseException(
                            ErrorCode.WRONG_TYPE,
                            "add on column " + column.name() + " needs numbers of its type "
                                    + column.type().text(),
                            Map.of("column", column.name()));
                }
            }
        }

        private static boolean isNumber(Value value, ColumnType type) {
            boolean exact = value instanceof Value.Int64 || value instanceof Value.Unsigned64;
            if (!(type instanceof DecimalType decimal)) {
                return exact;
            }
            if (!(value instanceof Value.Text(String digits)) || !digits.matches("-?[0-9]{1,65}([.][0-9]{1,30})?")) {
                return false;
            }
            return new BigDecimal(digits).scale() <= decimal.scale();
        }

        private static BigDecimal number(Value value) {
            return switch (value) {
                case Value.Int64(long number) -> BigDecimal.valueOf(number);
                case Value.Unsigned64(long bits) -> new BigDecimal(new BigInteger(Long.toUnsignedString(bits)));
                case Value.Text(String digits) -> new BigDecimal(digits);
                case Value.Null ignored -> throw new IllegalArgumentException("NULL is no number");
                case Value.Real ignored ->
                    throw new IllegalArgumentException("no arithmetic of floating-point numbers");
                case Value.Blob ignored -> throw new IllegalArgumentException("bytes are no number");
            };
        }

        private static Value integer(BigDecimal sum, int bits, boolean unsigned, ColumnDefinition column) {
            BigInteger exact = sum.toBigIntegerExact();
            BigInteger least = unsigned
                    ? BigInteger.ZERO
                    : BigInteger.ONE.shiftLeft(bits - 1).negate();
            BigInteger greatest =
                    BigInteger.ONE.shiftLeft(unsigned ? bits : bits - 1).subtract(BigInteger.ONE);
            if (exact.compareTo(least) < 0 || exact.compareTo(greatest) > 0) {
                throw outOfBounds(column, exact + " is not within " + least + " to " + greatest);
            }
            return unsigned && bits == 64
                    ? new Value.Unsigned64(exact.longValue())
                    : new Value.Int64(exact.longValue());
        }

        private static Value decimal(BigDecimal sum, DecimalType type, ColumnDefinition column) {
            BigDecimal stored = sum.setScale(type.scale());
            if (stored.precision() - stored.scale() > type.precision() - type.scale()) {
                throw outOfBounds(
                        column,
                        stored.toPlainString() + " has more than " + (type.precision() - type.scale())
                                + " digits before the point");
            }
            return new Value.Text(stored.toPlainString());
        }

        private static DatabaseException outOfBounds(ColumnDefinition column, String why) {
            return new DatabaseException(
                    ErrorCode.OUT_OF_BOUNDS, "column " + column.name() + ": " + why, Map.of("column", column.name()));
        }

        private static DatabaseException notANumber(ColumnDefinition column) {
            return new DatabaseException(
                    ErrorCode.WRONG_TYPE,
                    "column " + column.name() + " (" + column.type().text()
                            + ") cannot be added to; integers, Number and DECIMAL can",
                    Map.of("column", column.name()));
        }
    }

    /**
     * An expression over a JSON column. SQL's NULL counts as an object without members, or as an empty array, as the
     * path begins.
     */
    sealed interface OnJson extends Expression {

        /** Where in the value; empty: the whole. */
        List<PathStep> path();

        /** What is done there. */
        private JsonEdit.Change change() {
            return switch (this) {
                case JsonSet(List<PathStep> ignored, String json) -> new JsonEdit.Change.Put(CanonicalJson.parse(json));
                case JsonUnset ignored -> new JsonEdit.Change.Remove();
                case JsonAppend(List<PathStep> ignored, String json) ->
                    new JsonEdit.Change.Append(CanonicalJson.parse(json));
            };
        }

        @Override
        default Value evaluate(Value present, ColumnDefinition column) {
            if (present instanceof Value.Null && this instanceof JsonUnset) {
                return present;
            }
            try {
                String next = CanonicalJson.write(JsonEdit.apply(root(present), path(), change()));
                int depth = CanonicalJson.depth(next);
                if (depth > CanonicalJson.MAX_STORED_DEPTH) {
                    throw new DatabaseException(
                            ErrorCode.OUT_OF_BOUNDS,
                            "column " + column.name() + ": " + CanonicalJson.tooDeep(depth),
                            Map.of("column", column.name()));
                }
                // No text has fewer bytes than characters, and none has more than three for each.
                if (next.length() * 3L > MAX_JSON_BYTES
                        && next.getBytes(StandardCharsets.UTF_8).length > MAX_JSON_BYTES) {
                    throw new DatabaseException(
                            ErrorCode.OUT_OF_BOUNDS,
                            "column " + column.name() + ": the value would have more than " + MAX_JSON_BYTES + " bytes",
                            Map.of("column", column.name()));
                }
                return new Value.Text(next);
            } catch (NotPossible e) {
                throw new DatabaseException(
                        ErrorCode.PATH_BLOCKED,
                        "column " + column.name() + ": " + e.getMessage(),
                        Map.of("column", column.name()));
            }
        }

        private @Nullable Object root(Value present) {
            if (present instanceof Value.Text(String json)) {
                return CanonicalJson.parse(json);
            }
            boolean array =
                    path().isEmpty() ? this instanceof JsonAppend : path().getFirst() instanceof PathStep.Element;
            return CanonicalJson.parse(array ? "[]" : "{}");
        }

        @Override
        default void check(ColumnDefinition column) {
            if (!(column.type() instanceof JsonType)) {
                throw new DatabaseException(
                        ErrorCode.WRONG_TYPE,
                        "column " + column.name() + " (" + column.type().text()
                                + ") has no paths; only JSON columns have",
                        Map.of("column", column.name()));
            }
            if (path().size() > MAX_PATH) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "a path of " + path().size() + " steps on column " + column.name() + ", at most " + MAX_PATH
                                + " are allowed",
                        Map.of("column", column.name()));
            }
            if (this instanceof JsonUnset && path().isEmpty()) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "unset on column " + column.name() + " needs a path; to remove the whole value set null",
                        Map.of("column", column.name()));
            }
        }
    }

    /**
     * Sets what is at a path; objects and arrays are made on the way to it.
     *
     * @param json canonical text of the value
     */
    record JsonSet(List<PathStep> path, String json) implements OnJson {
        public JsonSet {
            path = List.copyOf(path);
        }
    }

    /** Removes what is at a path, if anything is. */
    record JsonUnset(List<PathStep> path) implements OnJson {
        public JsonUnset {
            path = List.copyOf(path);
        }
    }

    /**
     * Adds to the end of the array at a path, which is made where nothing is.
     *
     * @param json canonical text of the element
     */
    record JsonAppend(List<PathStep> path, String json) implements OnJson {
        public JsonAppend {
            path = List.copyOf(path);
        }
    }
}
