package io.shardeddb.operator.plan;

import io.shardeddb.protocol.credential.Credential;
import io.shardeddb.protocol.credential.DatabaseSecret;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a database gets its secret, and another one, while it serves. Each step waits until every process runs with the
 * one before, so that at every moment what any of them shows is accepted by all. The steps follow from what is stored
 * alone: an operator that dies between two of them is followed by one that goes on.
 *
 * <pre>
 *   no credential, no process yet     show A, accept A, required
 *   no credential, older processes    show A, accept A          -> required
 *   another secret is asked for       show A, accept A and B    -> show B, accept A and B -> show B, accept B
 * </pre>
 */
public final class CredentialPlan {

    private CredentialPlan() {}

    /**
     * The first credential of a database.
     *
     * @param processes whether there are servers or routers already, which may know of no credential
     */
    public static Credential first(DatabaseSecret secret, boolean processes) {
        return Credential.of(secret, !processes);
    }

    /**
     * Whether there is a step to take, as soon as all processes are ready for it.
     *
     * @param asked names the change of the secret that a person asks for; empty: none
     */
    public static boolean isPending(Credential stored, String asked) {
        return !stored.required() || changes(stored) || isAsked(stored, asked);
    }

    /**
     * The next step.
     *
     * @param stored what is in force
     * @param asked names the change of the secret that a person asks for; empty: none
     * @param behind processes that are not known to run with what is stored
     * @param fresh makes a secret
     * @return what to store; empty: nothing is to be done, or not yet
     */
    public static Optional<Credential> next(
            Credential stored, String asked, List<String> behind, Supplier<DatabaseSecret> fresh) {
        if (!isPending(stored, asked) || !behind.isEmpty()) {
            return Optional.empty();
        }
        String rotation = stored.rotation();
        if (changes(stored)) {
            DatabaseSecret newer = stored.accepted().getLast();
            List<DatabaseSecret> accepted = stored.shown().equals(newer) ? List.of(newer) : stored.accepted();
            return Optional.of(new Credential(newer, accepted, stored.required(), rotation));
        }
        if (!stored.required()) {
            return Optional.of(new Credential(stored.shown(), stored.accepted(), true, rotation));
        }
        return Optional.of(new Credential(stored.shown(), List.of(stored.shown(), fresh.get()), true, asked));
    }

    /** How the doors stand, in words. */
    public static String words(Credential stored, String asked, List<String> behind) {
        String waits = behind.isEmpty() ? "" : ": waits for " + String.join(", ", behind);
        if (!stored.required()) {
            return "Accepting" + waits;
        }
        return isPending(stored, asked) ? "Rotating" + waits : "Required";
    }

    private static boolean changes(Credential stored) {
        return stored.accepted().size() > 1;
    }

    private static boolean isAsked(Credential stored, String asked) {
        return !asked.isEmpty() && !asked.equals(stored.rotation());
    }
}
