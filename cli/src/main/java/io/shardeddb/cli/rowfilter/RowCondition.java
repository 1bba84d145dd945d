package io.shardeddb.cli.rowfilter;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One comparison of one column.
 *
 * @param column its name
 * @param operator such as {@code $gt}
 * @param operand what it is compared with; a list for {@code $in} and {@code $nin}
 * @param kind how its values compare
 */
record RowCondition(String column, String operator, JsonNode operand, ValueKind kind) {

    /** Whether a row meets it. NULL equals null, and has no order. */
    boolean matches(JsonNode row) {
        JsonNode value = row.path(column);
        return switch (operator) {
            case "$eq" -> same(value, operand);
            case "$ne" -> !same(value, operand);
            case "$in" -> among(value);
            case "$nin" -> !among(value);
            case "$gt" -> ordered(value) && kind.compare(value, operand) > 0;
            case "$gte" -> ordered(value) && kind.compare(value, operand) >= 0;
            case "$lt" -> ordered(value) && kind.compare(value, operand) < 0;
            case "$lte" -> ordered(value) && kind.compare(value, operand) <= 0;
            default -> throw new IllegalStateException("no such operator: " + operator);
        };
    }

    private boolean among(JsonNode value) {
        for (JsonNode candidate : operand) {
            if (same(value, candidate)) {
                return true;
            }
        }
        return false;
    }

    private boolean same(JsonNode value, JsonNode other) {
        boolean none = value.isNull() || value.isMissingNode();
        return (none || other.isNull()) ? none && other.isNull() : kind.same(value, other);
    }

    private boolean ordered(JsonNode value) {
        return !value.isNull() && !value.isMissingNode();
    }

    /** For a person. */
    String text() {
        return column + " " + operator + " " + operand;
    }
}
