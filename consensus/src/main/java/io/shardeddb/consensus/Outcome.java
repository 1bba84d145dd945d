package io.shardeddb.consensus;

import org.jspecify.annotations.Nullable;

/** The immediate answer to a proposal. Acceptance is no commit: an accepted entry can still be lost with its leader. */
public sealed interface Outcome {

    /**
     * The entries have been appended to the leader's log.
     *
     * @param firstIndex the first entry's index; the others follow without gap
     * @param term the term of all of them. Exactly when the entry that is applied at an index has this term, it is the
     *     one proposed.
     */
    record Accepted(long firstIndex, long term) implements Outcome {}

    /**
     * Nothing has been done.
     *
     * @param reason why
     * @param leader whom to ask instead; {@code null} if unknown or not applicable
     */
    record Refused(Refusal reason, @Nullable MemberId leader) implements Outcome {}
}
