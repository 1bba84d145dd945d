package io.shardeddb.router.keyvalue;

import io.shardeddb.protocol.change.Precondition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must be true of a key for a write of it to be done. A key that has expired counts as absent. */
public sealed interface KeyCondition {

    /** No condition. */
    KeyCondition NONE = new Always();

    /** Whether it holds for what stands under the key; {@code null}: nothing does. */
    boolean holds(@Nullable Entry present);

    /** The conditions of the row, where no expired one is left. */
    List<Precondition> ofRow();

    /** It always holds. */
    record Always() implements KeyCondition {
        @Override
        public boolean holds(@Nullable Entry present) {
            return true;
        }

        @Override
        public List<Precondition> ofRow() {
            return List.of();
        }
    }

    /** The key is absent. */
    record IfAbsent() implements KeyCondition {
        @Override
        public boolean holds(@Nullable Entry present) {
            return present == null;
        }

        @Override
        public List<Precondition> ofRow() {
            return List.of(new Precondition.Absent());
        }
    }

    /** The key is there. */
    record IfPresent() implements KeyCondition {
        @Override
        public boolean holds(@Nullable Entry present) {
            return present != null;
        }

        @Override
        public List<Precondition> ofRow() {
            return List.of(new Precondition.Present());
        }
    }

    /**
     * The key is there, and nobody has written it since.
     *
     * @param version as an answer gave it
     */
    record IfVersion(long version) implements KeyCondition {
        @Override
        public boolean holds(@Nullable Entry present) {
            return present != null && present.version() == version;
        }

        @Override
        public List<Precondition> ofRow() {
            return List.of(new Precondition.Unchanged(version));
        }
    }
}
