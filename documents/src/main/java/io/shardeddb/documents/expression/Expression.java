package io.shardeddb.documents.expression;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Something that has a value for each document, or none there: then it is missing, which is not null. */
public sealed interface Expression {

    /**
     * The value for a document.
     *
     * @return null if it is missing
     * @throws io.shardeddb.protocol.error.DatabaseException with the place, if an operator does not fit its operands
     */
    @Nullable
    DocumentValue evaluate(DocumentValue.ObjectValue document);

    /** Always the same value. */
    record Constant(DocumentValue value) implements Expression {
        @Override
        public DocumentValue evaluate(DocumentValue.ObjectValue document) {
            return value;
        }
    }

    /** Always missing: {@code $$REMOVE}. */
    record Missing() implements Expression {
        @Override
        public @Nullable DocumentValue evaluate(DocumentValue.ObjectValue document) {
            return null;
        }
    }

    /** The value at a path; through an array, the values of its objects. No names: the document. */
    record Field(List<String> names) implements Expression {
        @Override
        public @Nullable DocumentValue evaluate(DocumentValue.ObjectValue document) {
            return at(document, 0);
        }

        private @Nullable DocumentValue at(DocumentValue value, int step) {
            if (step == names.size()) {
                return value;
            }
            return switch (value) {
                case DocumentValue.ObjectValue object -> {
                    DocumentValue member = object.members().get(names.get(step));
                    yield member == null ? null : at(member, step + 1);
                }
                case DocumentValue.ArrayValue array -> {
                    List<DocumentValue> found = new ArrayList<>();
                    for (DocumentValue element : array.elements()) {
                        DocumentValue inner = element instanceof DocumentValue.ObjectValue ? at(element, step) : null;
                        if (inner != null) {
                            found.add(inner);
                        }
                    }
                    yield new DocumentValue.ArrayValue(found);
                }
                default -> null;
            };
        }
    }

    /** An array of values; what is missing is null. */
    record Elements(List<Expression> elements) implements Expression {
        @Override
        public DocumentValue evaluate(DocumentValue.ObjectValue document) {
            List<DocumentValue> values = new ArrayList<>(elements.size());
            for (Expression element : elements) {
                DocumentValue value = element.evaluate(document);
                values.add(value == null ? DocumentValue.NullValue.NULL : value);
            }
            return new DocumentValue.ArrayValue(values);
        }
    }

    /** An object of values; what is missing is left out. */
    record Members(Map<String, Expression> members) implements Expression {
        @Override
        public DocumentValue evaluate(DocumentValue.ObjectValue document) {
            SortedMap<String, DocumentValue> values = new TreeMap<>();
            members.forEach((name, member) -> {
                DocumentValue value = member.evaluate(document);
                if (value != null) {
                    values.put(name, value);
                }
            });
            return new DocumentValue.ObjectValue(values);
        }
    }

    /** The second if the first is true, otherwise the third; only the one that counts is evaluated. */
    record Choice(Expression condition, Expression then, Expression otherwise) implements Expression {
        @Override
        public @Nullable DocumentValue evaluate(DocumentValue.ObjectValue document) {
            return (Truth.of(condition.evaluate(document)) ? then : otherwise).evaluate(document);
        }
    }

    /** Whether all are true, or one; evaluated until that is known. */
    record Junction(boolean all, List<Expression> parts) implements Expression {
        @Override
        public DocumentValue evaluate(DocumentValue.ObjectValue document) {
            for (Expression part : parts) {
                if (Truth.of(part.evaluate(document)) != all) {
                    return new DocumentValue.BooleanValue(!all);
                }
            }
            return new DocumentValue.BooleanValue(all);
        }
    }

    /** The first that is neither null nor missing; the last one, if all are. */
    record FirstPresent(List<Expression> parts) implements Expression {
        @Override
        public @Nullable DocumentValue evaluate(DocumentValue.ObjectValue document) {
            DocumentValue value = null;
            for (Expression part : parts) {
                value = part.evaluate(document);
                if (!Truth.isNothing(value)) {
                    return value;
                }
            }
            return value;
        }
    }

    /** A function of the values of its operands. */
    record Call(Function function, List<Expression> operands, Spot place) implements Expression {
        @Override
        public @Nullable DocumentValue evaluate(DocumentValue.ObjectValue document) {
            List<@Nullable DocumentValue> values = new ArrayList<>(operands.size());
            for (Expression operand : operands) {
                values.add(operand.evaluate(document));
            }
            return function.apply(values, place);
        }
    }

    /** What an operator makes of its operands' values. */
    @FunctionalInterface
    interface Function {
        /**
         * The result; null if it is missing.
         *
         * @param values of the operands, null for those that are missing
         * @param place of the operator, for errors
         */
        @Nullable
        DocumentValue apply(List<@Nullable DocumentValue> values, Spot place);
    }
}
