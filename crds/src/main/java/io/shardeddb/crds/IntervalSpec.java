package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * Half-open interval of positions.
 *
 * @param from first position
 * @param to first position that is no longer in it; absent: open, the largest position included
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IntervalSpec(
        @JsonPropertyDescription("First position.") @Required
        Long from,

        @JsonPropertyDescription("First position that is no longer in it; absent: open at the end.") @Nullable
        Long to) {

    /** Whether it has every position of another one. */
    public boolean contains(IntervalSpec other) {
        Long otherTo = other.to;
        return from <= other.from && (to == null || (otherTo != null && otherTo <= to));
    }

    /** Whether some position is in both. */
    public boolean overlaps(IntervalSpec other) {
        Long otherTo = other.to;
        return (otherTo == null || from < otherTo) && (to == null || other.from < to);
    }
}
