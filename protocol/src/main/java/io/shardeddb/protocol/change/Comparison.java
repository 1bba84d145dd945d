package io.shardeddb.protocol.change;

import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.KeyOrder;
import io.shardeddb.protocol.value.Value;
import java.util.Arrays;
import java.util.Optional;

/**
 * How a precondition compares a column with a value. There are two answers and no third: NULL equals NULL and nothing
 * else, and NULL is neither less nor greater than anything.
 */
public enum Comparison {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    private final String sign;

    Comparison(String sign) {
        this.sign = sign;
    }

    /** As it is written in a request. */
    public String sign() {
        return sign;
    }

    /** The comparison with a sign; empty when there is none. */
    public static Optional<Comparison> ofSign(String sign) {
        return Arrays.stream(values()).filter(each -> each.sign.equals(sign)).findFirst();
    }

    /** Whether it asks for more than whether two values are the same. */
    public boolean isOrdering() {
        return this != EQUAL && this != NOT_EQUAL;
    }

    /**
     * Whether values of a type have an order that a precondition may ask for: all but JSON, long texts and long bytes,
     * which the databases do not order alike, and floating-point numbers.
     */
    public static boolean ordered(ColumnType type) {
        return type.keyable();
    }

    /**
     * Whether it holds for two values of a column.
     *
     * @param present what the row has
     * @param asked what it is compared with
     */
    public boolean holds(ColumnType type, Value present, Value asked) {
        boolean oneIsNull = present instanceof Value.Null || asked instanceof Value.Null;
        if (isOrdering()) {
            return !oneIsNull && holds(KeyOrder.compare(type, present, asked));
        }
        boolean same =
                (oneIsNull || !ordered(type)) ? present.equals(asked) : KeyOrder.compare(type, present, asked) == 0;
        return same == (this == EQUAL);
    }

    private boolean holds(int order) {
        return switch (this) {
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
        };
    }
}
