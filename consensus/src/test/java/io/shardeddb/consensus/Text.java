package io.shardeddb.consensus;

/** A command for tests. */
record Text(String text) implements Payload.Command {
    @Override
    public int sizeInBytes() {
        return text.length();
    }
}
