package io.shardeddb.consensus;

/** What a log entry contains. */
public sealed interface Payload {

    /** The size that flow control counts, in bytes; about what the entry occupies on the wire. */
    int sizeInBytes();

    /** Nothing: the entry with which a leader begins its term, so that it can commit what its predecessors left. */
    record Noop() implements Payload {
        /** The one instance anybody needs. */
        public static final Noop INSTANCE = new Noop();

        @Override
        public int sizeInBytes() {
            return 0;
        }
    }

    /**
     * A command of the state machine. The protocol never looks inside. The code that drives it brings its own type,
     * bytes or decoded.
     */
    non-sealed interface Command extends Payload {}

    /**
     * A configuration. It is in force from the moment it is appended, committed or not.
     *
     * @param configuration the configuration in force from this entry on
     */
    record Membership(Configuration configuration) implements Payload {
        private static final int BYTES_PER_MEMBER = 64;

        @Override
        public int sizeInBytes() {
            return BYTES_PER_MEMBER * configuration.everyone().size();
        }
    }
}
