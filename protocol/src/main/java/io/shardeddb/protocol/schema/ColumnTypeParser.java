package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.schema.ColumnType.BinaryType;
import io.shardeddb.protocol.schema.ColumnType.BlobType;
import io.shardeddb.protocol.schema.ColumnType.BooleanType;
import io.shardeddb.protocol.schema.ColumnType.DateTimeType;
import io.shardeddb.protocol.schema.ColumnType.DateType;
import io.shardeddb.protocol.schema.ColumnType.DecimalType;
import io.shardeddb.protocol.schema.ColumnType.FloatingType;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.JsonType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.schema.ColumnType.Size;
import io.shardeddb.protocol.schema.ColumnType.StringType;
import io.shardeddb.protocol.schema.ColumnType.TextType;
import io.shardeddb.protocol.schema.ColumnType.TimeType;
import io.shardeddb.protocol.schema.ColumnType.Width;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text of a column type. */
final class ColumnTypeParser {

    static final String ALLOWED =
            "Number, String, TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT (each also UNSIGNED), BOOLEAN, DECIMAL(p,s), "
                    + "FLOAT, DOUBLE, CHAR(n), VARCHAR(n), TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, BINARY(n), VARBINARY(n), TINYBLOB, BLOB, "
                    + "MEDIUMBLOB, LONGBLOB, DATE, TIME(f), DATETIME(f), TIMESTAMP(f), JSON";

    private static final Pattern TYPE = Pattern.compile(
            "([A-Za-z]+) *(?:\\( *([0-9]{1,9}) *(?:, *([0-9]{1,9}) *)?\\))?(?: +(UNSIGNED))?",
            Pattern.CASE_INSENSITIVE);

    private ColumnTypeParser() {}

    static ColumnType parse(String text) {
        Matcher matcher = TYPE.matcher(text.strip().replaceAll("\\s+", " "));
        if (!matcher.matches()) {
            throw unknown(text);
        }
        String name = matcher.group(1).toUpperCase(Locale.ROOT);
        int first = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
        int second = matcher.group(3) == null ? -1 : Integer.parseInt(matcher.group(3));
        boolean unsigned = matcher.group(4) != null;
        ColumnType type = make(text, name, first, second, unsigned);
        require(!unsigned || type instanceof IntegerType, "only integer types can be UNSIGNED: " + text);
        require(second < 0 || type instanceof DecimalType, "only DECIMAL takes two numbers in parentheses: " + text);
        require(first < 0 || takesNumber(type), name + " takes no number in parentheses: " + text);
        return type;
    }

    private static boolean takesNumber(ColumnType type) {
        return switch (type) {
            case DecimalType ignored -> true;
            case BinaryType ignored -> true;
            case TimeType ignored -> true;
            case DateTimeType ignored -> true;
            case StringType string -> string.form() != StringType.Form.STRING;
            default -> false;
        };
    }

    private static ColumnType make(String text, String name, int first, int second, boolean unsigned) {
        return switch (name) {
            case "NUMBER" -> new NumberType();
            case "STRING" -> new StringType(StringType.Form.STRING, 255);
            case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT" -> new IntegerType(Width.valueOf(name), unsigned);
            case "INTEGER" -> new IntegerType(Width.INT, unsigned);
            case "BOOLEAN", "BOOL" -> new BooleanType();
            case "DECIMAL", "NUMERIC" -> new DecimalType(orElse(first, 10), orElse(second, 0));
            case "FLOAT" -> new FloatingType(true);
            case "DOUBLE" -> new FloatingType(false);
            case "CHAR" -> new StringType(StringType.Form.CHAR, orElse(first, 1));
            case "VARCHAR" -> new StringType(StringType.Form.VARCHAR, needed(first, "VARCHAR"));
            case "TINYTEXT" -> new TextType(Size.TINY);
            case "TEXT" -> new TextType(Size.NORMAL);
            case "MEDIUMTEXT" -> new TextType(Size.MEDIUM);
            case "LONGTEXT" -> new TextType(Size.LONG);
            case "BINARY" -> new BinaryType(true, orElse(first, 1));
            case "VARBINARY" -> new BinaryType(false, needed(first, "VARBINARY"));
            case "TINYBLOB" -> new BlobType(Size.TINY);
            case "BLOB" -> new BlobType(Size.NORMAL);
            case "MEDIUMBLOB" -> new BlobType(Size.MEDIUM);
            case "LONGBLOB" -> new BlobType(Size.LONG);
            case "DATE" -> new DateType();
            case "TIME" -> new TimeType(orElse(first, 0));
            case "DATETIME" -> new DateTimeType(false, orElse(first, 0));
            case "TIMESTAMP" -> new DateTimeType(true, orElse(first, 0));
            case "JSON" -> new JsonType();
            default -> throw unknown(text);
        };
    }

    private static int orElse(int number, int absent) {
        return number < 0 ? absent : number;
    }

    private static int needed(int length, String name) {
        require(length >= 0, name + " needs a length, as in " + name + "(40)");
        return length;
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("unknown column type '" + text + "'; allowed are " + ALLOWED);
    }

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    static void requireFraction(int fraction) {
        require(
                fraction >= 0 && fraction <= ColumnType.MAX_FRACTION,
                "times have 0 to " + ColumnType.MAX_FRACTION + " fraction digits");
    }

    static String withFraction(String name, int fraction) {
        return fraction == 0 ? name : name + "(" + fraction + ")";
    }
}
