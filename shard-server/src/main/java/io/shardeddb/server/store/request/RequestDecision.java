package io.shardeddb.server.store.request;

/**
 * What happens to a logged request, by what the log says up to there: it runs, repeats an earlier one, or is refused.
 * Pure, and equal on every member; its rules are told one by one in the script {@code requests.txt} of the tests.
 */
final class RequestDecision {

    private RequestDecision() {}

    /** What happens to a request. */
    enum Next {
        /** It is decoded and checked, and runs unless that or a verdict refuses it. */
        PLAN,
        /** Its id is closed: it has not run, and never will. */
        CLOSE,
        /** The answer of the first one with its id is given again. */
        REPEAT,
        /** A request to close an id has none. */
        REFUSE_WITHOUT_ID,
        /** The id was closed before. */
        REFUSE_CLOSED,
        /** The id was used with another content. */
        REFUSE_CHANGED,
        /** The id is older than what is remembered: whether it ran is not known any more. */
        REFUSE_EXPIRED,
        /** The id says that it was issued after the entry was logged. */
        REFUSE_AHEAD_OF_TIME
    }

    /**
     * Of a request without an id: its repeats are not known.
     *
     * @param settles whether it asks to close an id
     */
    static Next withoutId(boolean settles) {
        return settles ? Next.REFUSE_WITHOUT_ID : Next.PLAN;
    }

    /**
     * Of a request whose id is remembered.
     *
     * @param settles whether it asks to close the id
     * @param firstClosed whether the first one closed it
     * @param sameContent whether the first one had the same content
     */
    static Next repeat(boolean settles, boolean firstClosed, boolean sameContent) {
        if (settles) {
            return Next.REPEAT;
        }
        if (firstClosed) {
            return Next.REFUSE_CLOSED;
        }
        return sameContent ? Next.REPEAT : Next.REFUSE_CHANGED;
    }

    /**
     * Of a request whose id is not remembered.
     *
     * @param settles whether it asks to close the id
     * @param admission what the id's time says
     */
    static Next first(boolean settles, RequestWindow.Admission admission) {
        return switch (admission) {
            case EXPIRED -> Next.REFUSE_EXPIRED;
            case AHEAD_OF_TIME -> Next.REFUSE_AHEAD_OF_TIME;
            case ADMITTED -> settles ? Next.CLOSE : Next.PLAN;
        };
    }

    /**
     * Whether a shard takes an interval that it is given: its own at the same epoch again, or any other one at a newer
     * epoch.
     *
     * @param same whether it is the one that the shard owns, at the same epoch
     * @param owns whether the shard owns one
     * @param epoch that it comes with
     * @param present epoch of the one that is owned
     */
    static boolean takesInterval(boolean same, boolean owns, long epoch, long present) {
        return same || !owns || epoch > present;
    }
}
