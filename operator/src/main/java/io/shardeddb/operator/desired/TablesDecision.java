package io.shardeddb.operator.desired;

import io.shardeddb.crds.SpecValidation.Violation;
import io.shardeddb.operator.desired.AcceptedRecord.LeftTables;
import io.shardeddb.protocol.schema.TablePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the tables that a spec asks for: a pure function of what they are (see {@link TableProposal}), of
 * what is allowed, and of what the servers can do. docs/tables.md has its states.
 */
public sealed interface TablesDecision {

    /**
     * How many definitions that were left are remembered before one of them, or the tables in force, must come into
     * force.
     */
    int MOST_LEFT = 16;

    /** The tables accepted so far are those asked for. */
    record Unchanged() implements TablesDecision {}

    /**
     * The spec is refused.
     *
     * @param violations by field, with what is allowed
     */
    record Refused(List<Violation> violations) implements TablesDecision {}

    /**
     * The rest of the spec is accepted; the tables come later, by themselves.
     *
     * @param why what they wait for, in a sentence
     */
    record Wait(String why) implements TablesDecision {}

    /**
     * The rest of the spec is accepted; the tables wait for somebody who allows them.
     *
     * @param permissions those that are missing
     * @param text all that are needed, as they have to be written
     * @param what the change, in a sentence
     */
    record Withheld(List<String> permissions, String text, String what) implements TablesDecision {}

    /**
     * The tables are accepted.
     *
     * @param version under which
     * @param steps what their definition says besides the tables
     * @param left what shards may have of changes before
     * @param takesBack the version that is taken back; absent: none is
     * @param what the change, in a sentence
     * @param uses permissions that it needs
     * @param tried databases that can make them, as they call themselves; empty when none was asked
     */
    record Accept(
            long version,
            TableSteps steps,
            List<LeftTables> left,
            @Nullable Long takesBack,
            String what,
            Set<String> uses,
            List<String> tried)
            implements TablesDecision {}

    /** The outcome of trying the tables. */
    sealed interface Trial {
        /**
         * Every database can make them, or there is nothing to make.
         *
         * @param databases that were asked, as they call themselves
         */
        record Passed(List<String> databases) implements Trial {}

        /** It is going on. */
        record Trying() implements Trial {}

        /**
         * It was not found out.
         *
         * @param why in a sentence
         */
        record Unanswered(String why) implements Trial {}

        /**
         * A database cannot make them.
         *
         * @param words which one, and why
         */
        record Refused(String words) implements Trial {}
    }

    /**
     * What the decision rests on besides the tables.
     *
     * @param permissions what somebody allowed
     * @param spent what of it a change in force has used
     * @param trial the outcome of trying the tables
     * @param older servers that do not know every change of tables, or may not
     * @param nextVersion a version that no definition ever had
     */
    record Grounds(
            TablePermissions permissions, Set<String> spent, Trial trial, List<String> older, long nextVersion) {}

    /** Decides. */
    static TablesDecision of(TableProposal proposal, Grounds grounds) {
        if (proposal.kept()) {
            return new Unchanged();
        }
        if (!proposal.violations().isEmpty()) {
            return new Refused(proposal.violations());
        }
        if (grounds.trial() instanceof Trial.Refused refused) {
            return new Refused(List.of(new Violation("spec.tables", refused.words())));
        }
        Set<String> missing = new TreeSet<>(proposal.needed());
        Set<String> valid = new TreeSet<>(grounds.permissions().allowed());
        valid.removeAll(grounds.spent());
        missing.removeAll(valid);
        if (!missing.isEmpty()) {
            // Permissions that were used before are not offered again: they would allow what nobody means any more.
            Set<String> again = new TreeSet<>(missing);
            again.retainAll(grounds.permissions().allowed());
            String used = again.isEmpty()
                    ? ""
                    : " (an earlier change has used " + String.join(" and ", again)
                            + ": take it out of the annotation before it is set again)";
            return new Withheld(List.copyOf(missing), TablePermissions.text(proposal.needed()), proposal.told() + used);
        }
        if (proposal.follows()) {
            return new Wait("the tables before these come into force first");
        }
        if (proposal.takesBack() == null && !proposal.behind().isEmpty()) {
            return new Wait(
                    "every shard has to have the tables in force first, and a leader; these do not, or nobody knows: "
                            + String.join(", ", proposal.behind()));
        }
        // Older servers are told as they understand it, unless something has to be taken back by name: they may be
        // making it.
        boolean plain = proposal.additions()
                && proposal.steps().namesNothing()
                && !grounds.older().isEmpty();
        TableSteps steps = plain ? TableSteps.ADDITIONS : proposal.steps();
        if (steps.rules() > 0 && !grounds.older().isEmpty()) {
            return new Wait("these servers run an older release, or may, and do not know such a change: "
                    + String.join(", ", grounds.older()));
        }
        if (proposal.left().size() > MOST_LEFT && !proposal.changes().isEmpty()) {
            return new Wait(MOST_LEFT + " changes were left before they came into force; ask for the tables in force,"
                    + " or for the last ones, until they are");
        }
        return switch (grounds.trial()) {
            case Trial.Trying _ -> new Wait("they are being tried");
            case Trial.Unanswered unanswered -> new Wait("they could not be tried: " + unanswered.why());
            case Trial.Refused refused -> throw new IllegalStateException(refused.words());
            case Trial.Passed passed ->
                new Accept(
                        grounds.nextVersion(),
                        steps,
                        proposal.left(),
                        proposal.takesBack(),
                        proposal.told(),
                        proposal.needed(),
                        passed.databases());
        };
    }
}
