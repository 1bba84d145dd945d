package io.shardeddb.server.data;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.WriteRequest;

/** What a leader refuses of the steps of transactions, before they are in its log. */
final class TransactionChecks {

    private static final int MAX_PARTICIPANTS = 1_024;

    private TransactionChecks() {}

    /** Whether a request ends a transaction: it has no rows of its own, and passes whatever else is checked. */
    static boolean ends(WriteRequest request) {
        TransactionStep step = request.getTransaction();
        return step.hasCommit() || step.hasRelease() || step.hasForget();
    }

    /**
     * A step that ends a transaction, as it goes into the log.
     *
     * @throws DatabaseException when it names no attempt, or has rows
     */
    static LoggedRequest ending(WriteRequest request) {
        requireId(request.getRequest(), "the step of a transaction");
        if (request.getOperationsCount()
                        + request.getConditionalOperationsCount()
                        + request.getTransactionOperationsCount()
                > 0) {
            throw malformed("the end of a transaction has no operations");
        }
        return LoggedRequest.newBuilder()
                .setRequest(request.getRequest())
                .setTransaction(request.getTransaction())
                .build();
    }

    /**
     * Refuses a step with rows that is not whole.
     *
     * @throws DatabaseException with what is missing
     */
    static void check(WriteRequest request) {
        if (!request.hasTransaction()) {
            if (request.getTransactionOperationsCount() > 0) {
                throw malformed("operations of a transaction without its step");
            }
            return;
        }
        if (request.getOperationsCount() + request.getConditionalOperationsCount() > 0) {
            throw malformed("the operations of a transaction have a list of their own");
        }
        if (request.getEachAlone()) {
            throw malformed("operations of a transaction do not stand alone");
        }
        TransactionStep step = request.getTransaction();
        switch (step.getStepCase()) {
            case PREPARE -> {
                if (!step.getPrepare().getDecider().hasGroup()) {
                    throw malformed("a prepare names its decider");
                }
            }
            case DECIDE -> check(step.getDecide());
            default -> throw malformed("a transaction has no step of this kind");
        }
    }

    private static void check(DecideStep decide) {
        requireId(decide.getAttempt(), "a decision");
        if (decide.getOwnList().stream().anyMatch(own -> own < 0 || own >= decide.getAffectedCount())) {
            throw malformed("a decision numbers its own operations within the whole request");
        }
        int participants = decide.getParticipantsCount();
        if (participants < 1 || participants > MAX_PARTICIPANTS) {
            throw malformed(
                    "a decision names " + participants + " participants; 1 to " + MAX_PARTICIPANTS + " are allowed");
        }
    }

    private static void requireId(RequestId id, String of) {
        if (id.getClient().isEmpty()) {
            throw malformed(of + " needs the id of its attempt");
        }
    }

    private static DatabaseException malformed(String text) {
        return new DatabaseException(ErrorCode.MALFORMED_REQUEST, text);
    }
}
