package io.shardeddb.operator.desired;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Permissions to change tables that were used. One is spent when the change that used it is in force: it allows no
 * later change of the same name, until somebody has taken it out of the annotation and set it again.
 *
 * @param open those that the accepted change needs, until it is in force
 * @param spent those that stand in the annotation although their change is in force
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record UsedPermissions(Set<String> open, Set<String> spent) {

    /** None was used. */
    public static final UsedPermissions NONE = new UsedPermissions(Set.of(), Set.of());

    public UsedPermissions {
        open = open == null ? Set.of() : Set.copyOf(open);
        spent = spent == null ? Set.of() : Set.copyOf(spent);
    }

    /** A change that needs these was accepted. */
    UsedPermissions by(Collection<String> change) {
        return new UsedPermissions(Set.copyOf(change), spent);
    }

    /** The accepted change is in force. */
    UsedPermissions inForce() {
        Set<String> all = new TreeSet<>(spent);
        all.addAll(open);
        return new UsedPermissions(Set.of(), all);
    }

    /** The annotation has these: what it lost can be allowed again. */
    UsedPermissions standing(Set<String> annotation) {
        Set<String> left = new TreeSet<>(spent);
        left.retainAll(annotation);
        return new UsedPermissions(open, left);
    }
}
