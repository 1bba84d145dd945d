package io.shardeddb.protocol.change;

/** One step of a path into a JSON value. */
public sealed interface PathStep {

    /** To an object's member. */
    record Member(String name) implements PathStep {
        @Override
        public String toString() {
            return "." + name;
        }
    }

    /** To an array's element, from 0. */
    record Element(int index) implements PathStep {
        public Element {
            if (index < 0) {
                throw new IllegalArgumentException("an array has no element " + index);
            }
        }

        @Override
        public String toString() {
            return "[" + index + "]";
        }
    }
}
