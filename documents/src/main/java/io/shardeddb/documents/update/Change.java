package io.shardeddb.documents.update;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One change that an update asks for. */
sealed interface Change {

    /** Where it is in the request; errors there are of the kind that the document decides. */
    Spot spot();

    /**
     * What an operator does at a path.
     *
     * @param onInsert whether it is done only when the document is inserted
     */
    record At(UpdatePath path, Modifier modifier, boolean onInsert, Spot spot) implements Change {}

    /** A value goes from one path to another, of which none leads through an array. */
    record Rename(UpdatePath from, UpdatePath to, Spot spot) implements Change {
        /** Puts its two changes into the tree, or none if there is nothing to rename. */
        void put(ObjectValue document, ChangeTree tree) {
            DocumentValue value = at(from.names(), document, spot);
            at(to.names(), document, spot);
            if (value != null) {
                tree.put(from.names(), new Modifier.Unset(), spot);
                tree.put(to.names(), new Modifier.Assign(value), spot);
            }
        }

        private static @Nullable DocumentValue at(List<String> names, ObjectValue document, Spot spot) {
            DocumentValue value = document;
            for (String name : names) {
                if (value instanceof ArrayValue) {
                    throw spot.error("the path " + Spot.cut(String.join(".", names))
                            + " leads through an array, whose elements cannot be renamed");
                }
                value = value instanceof ObjectValue object ? object.get(name) : null;
            }
            return value;
        }
    }
}
