package io.shardeddb.documents.pipeline;

import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.NullValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives a document on for each element of an array. What is no array counts as its only element. */
record Unwinding(Stage.Unwind unwind, DocumentSink next) implements DocumentSink {

    @Override
    public boolean accept(ObjectValue document) {
        DocumentValue value = at(document, unwind.path());
        return switch (value) {
            case null -> empty(document);
            case NullValue _ -> empty(document);
            case ArrayValue array
            when array.elements().isEmpty() -> !unwind.keepsEmpty() || give(with(document, unwind.path(), null), null);
            case ArrayValue array -> elements(document, array.elements());
            default -> give(document, null);
        };
    }

    @Override
    public void end() {
        next.end();
    }

    private boolean empty(ObjectValue document) {
        return !unwind.keepsEmpty() || give(document, null);
    }

    private boolean elements(ObjectValue document, List<DocumentValue> elements) {
        for (int i = 0; i < elements.size(); i++) {
            if (!give(with(document, unwind.path(), elements.get(i)), i)) {
                return false;
            }
        }
        return true;
    }

    private boolean give(ObjectValue document, @Nullable Integer index) {
        List<String> path = unwind.index();
        if (path == null) {
            return next.accept(document);
        }
        return next.accept(with(document, path, index == null ? NullValue.NULL : DocumentValue.of((long) index)));
    }

    /** Only through objects: an array on the way has no elements that could be unwound. */
    private static @Nullable DocumentValue at(ObjectValue document, List<String> path) {
        for (int i = 1; i < path.size(); i++) {
            if (!(new DocumentPath(path.subList(0, i)).get(document) instanceof ObjectValue)) {
                return null;
            }
        }
        return new DocumentPath(path).get(document);
    }

    private static ObjectValue with(ObjectValue object, List<String> path, @Nullable DocumentValue value) {
        String name = path.getFirst();
        if (path.size() == 1) {
            return value == null ? object.without(name) : object.with(name, value);
        }
        ObjectValue inner = object.get(name) instanceof ObjectValue there ? there : ObjectValue.EMPTY;
        return object.with(name, with(inner, path.subList(1, path.size()), value));
    }
}
