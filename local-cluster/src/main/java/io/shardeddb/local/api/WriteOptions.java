package io.shardeddb.local.api;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What accompanies a write.
 *
 * @param manager the field manager
 * @param dryRun whether to stop before storing
 * @param unknownFields what happens to fields that the kind does not have
 * @param patch whether the object is made by a patch and not given whole
 * @param force whether an apply takes fields over from other managers
 * @param user the service account that writes; empty for everybody else, for whom no policy holds
 * @param subresource what of the object is written; empty for the object itself
 * @param warnings collects what the writer is to be told though the write succeeds
 */
public record WriteOptions(
        String manager,
        boolean dryRun,
        FieldValidation unknownFields,
        boolean patch,
        boolean force,
        String user,
        String subresource,
        Set<String> warnings) {
    /** The options of a plain write by one of the cluster's own parts. */
    public static WriteOptions of(String manager) {
        return new WriteOptions(manager, false, FieldValidation.TRUST, false, false, "", "", new LinkedHashSet<>());
    }
}
