package io.shardeddb.operator.act;

import io.shardeddb.protocol.wire.ErrorDetail;

/** A shard does not take the tables that were brought to it, and will not until they are other ones. */
public final class TablesRefused extends StepFailed {

    /**
     * @param error what the shard's leader said; which server leads is not told, because the refusal is the same on
     *     each
     */
    TablesRefused(ErrorDetail error) {
        super(error.getCode() + ": " + error.getMessage());
    }
}
