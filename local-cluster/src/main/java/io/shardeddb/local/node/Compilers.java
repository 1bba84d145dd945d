package io.shardeddb.local.node;

/**
 * Which of the virtual machine's compilers work in the Java programs of a local cluster. The choice is between what a
 * program needs in its first minutes and what it gives afterwards; figures are in {@code docs/performance.md}.
 */
public enum Compilers {
    /**
     * The first alone: code is compiled once, quickly, and stays as it is. For clusters that are tried and stopped
     * again.
     */
    FIRST,

    /**
     * Both, as on Kubernetes: what runs often is compiled a second time with what has been learnt, which takes minutes
     * of processor time.
     */
    BOTH;

    /**
     * Reads {@code images.json}.
     *
     * @param name {@code first} or {@code both}
     * @throws IllegalArgumentException for any other
     */
    static Compilers parse(String name) {
        return switch (name) {
            case "first" -> FIRST;
            case "both" -> BOTH;
            default ->
                throw new IllegalArgumentException(
                        "images.json: compilers is '" + name + "'; allowed are first and both");
        };
    }

    /** The name in {@code images.json}. */
    public String text() {
        return this == FIRST ? "first" : "both";
    }
}
