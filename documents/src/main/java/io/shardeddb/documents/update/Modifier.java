package io.shardeddb.documents.update;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import org.jspecify.annotations.Nullable;

/** What an operator makes of the value at a path. Immutable. */
interface Modifier {

    /**
     * The value as it will be.
     *
     * @param present null if there is none
     * @param spot of the operator, for errors about the document
     * @return null if there is none then; the same instance if nothing changes
     * @throws io.shardeddb.protocol.error.DatabaseException UPDATE_FAILED, if the operator does not fit the value
     */
    @Nullable
    DocumentValue apply(@Nullable DocumentValue present, Spot spot);

    /** Whether it makes a value where there is none, with the objects that lead to it. */
    default boolean makes() {
        return true;
    }

    /** Sets a value. */
    record Assign(DocumentValue value) implements Modifier {
        @Override
        public DocumentValue apply(@Nullable DocumentValue present, Spot spot) {
            return present != null && value.equals(present) ? present : value;
        }
    }

    /** Takes a value away; an element of an array becomes null. */
    record Unset() implements Modifier {
        @Override
        public @Nullable DocumentValue apply(@Nullable DocumentValue present, Spot spot) {
            return null;
        }

        @Override
        public boolean makes() {
            return false;
        }
    }
}
