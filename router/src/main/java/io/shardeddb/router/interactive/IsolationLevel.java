package io.shardeddb.router.interactive;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a transaction's commit depends on. */
public enum IsolationLevel {
    /** Rows that it writes: nobody else may have written them since it began. */
    SNAPSHOT,
    /** And what it has read, ranges included: it could as well have run alone, at the moment of its commit. */
    SERIALIZABLE;

    /** As requests and answers have it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The level of a text; {@code null} when there is none. */
    public static @Nullable IsolationLevel of(String text) {
        for (IsolationLevel level : values()) {
            if (level.text().equals(text)) {
                return level;
            }
        }
        return null;
    }
}
