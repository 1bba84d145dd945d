package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.ConfigurationChange;
import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Outcome;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.VoterSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operator, of which there may be two, each with what it saw last, which may be old. */
final class SimOperator {
    private final Cluster cluster;
    private final World world;
    private Effects.CommittedConfiguration seen;

    SimOperator(Cluster cluster) {
        this.cluster = cluster;
        this.world = cluster.world;
        seen = cluster.checker.latestConfiguration();
        again();
    }

    private void again() {
        world.after(20 * Knobs.MILLI + world.upTo(150 * Knobs.MILLI), this::act);
    }

    private void act() {
        again();
        SimNode leader = leader();
        if (leader == null || leader.isFrozen()) {
            return;
        }
        Replica replica = leader.replica();
        if (replica != null && (cluster.healed || world.chance(0.7))) {
            seen = replica.status().committedConfiguration();
        }
        if (!cluster.healed && world.chance(cluster.knobs.transfers())) {
            transfer(leader);
        }
        ConfigurationChange change = plan(seen);
        if (change != null) {
            propose(leader, change);
        }
    }

    private @Nullable SimNode leader() {
        List<SimNode> leaders = cluster.nodes.stream().filter(SimNode::leads).toList();
        return leaders.isEmpty() ? null : leaders.get(world.random.nextInt(leaders.size()));
    }

    private void transfer(SimNode leader) {
        List<Member> voters = seen.configuration().voters().members();
        MemberId target = voters.get(world.random.nextInt(voters.size())).id();
        world.trace("operator: " + leader.number() + " hands over to " + target.low());
        leader.act(replica -> replica.transferLeadership(target, leader.now()));
    }

    private void propose(SimNode leader, ConfigurationChange change) {
        leader.act(replica -> {
            long present = replica.status().committedConfiguration().index();
            Outcome outcome = replica.proposeConfiguration(change, leader.now());
            world.trace("operator to " + leader.number() + ": " + describe(change) + " -> " + outcome);
            Checker.check(
                    outcome instanceof Outcome.Refused || change.expectedConfigurationIndex() == present,
                    "a change begins only from the committed configuration that it was decided upon");
            if (outcome instanceof Outcome.Accepted && cluster.variant == Variant.DELETE_ON_UNCOMMITTED_CONFIGURATION) {
                deleteRemoved(change);
            }
        });
    }

    private void deleteRemoved(ConfigurationChange change) {
        for (Member member : seen.configuration().everyone()) {
            boolean stays =
                    change.voters().contains(member.id()) || change.learners().contains(member);
            SimNode node = cluster.nodeOf(member.id());
            if (!stays && node != null) {
                cluster.deleteVolume(node);
            }
        }
    }

    static String describe(ConfigurationChange change) {
        return "after " + change.expectedConfigurationIndex() + " voters "
                + ids(change.voters().members()) + " t " + change.voters().faultTolerance() + " learners "
                + ids(change.learners());
    }

    private static List<Long> ids(List<Member> members) {
        return members.stream().map(member -> member.id().low()).toList();
    }

    // ---- decisions

    private @Nullable ConfigurationChange plan(Effects.CommittedConfiguration from) {
        Configuration configuration = from.configuration();
        if (configuration.isJoint()) {
            return null;
        }
        List<Member> voters = configuration.voters().members();
        List<Member> learners = configuration.learners().stream()
                .filter(learner -> cluster.nodeOf(learner.id()) != null)
                .toList();
        for (Member voter : voters) {
            if (cluster.nodeOf(voter.id()) == null) {
                return replace(from, voter, learners);
            }
        }
        for (SimNode node : cluster.nodes) {
            if (!configuration.isVoter(node.id()) && (cluster.healed || world.chance(0.5))) {
                return grow(from, node, learners);
            }
        }
        if (learners.size() != configuration.learners().size()) {
            return change(from, voters, configuration.voters().faultTolerance(), learners);
        }
        return cluster.healed ? null : atWill(from, voters, learners);
    }

    /** Old id out, new id in: one swap, as soon as the new one has caught up. */
    private @Nullable ConfigurationChange replace(
            Effects.CommittedConfiguration from, Member gone, List<Member> learners) {
        int tolerance = from.configuration().voters().faultTolerance();
        List<Member> voters = new ArrayList<>(from.configuration().voters().members());
        SimNode node = cluster.nodes.stream()
                .filter(each -> gone.address().equals("server-" + each.number()))
                .findFirst()
                .orElseThrow();
        Member fresh = new Member(node.id(), gone.address());
        if (!learners.contains(fresh)) {
            return add(from, fresh, learners);
        }
        voters.remove(gone);
        voters.add(fresh);
        return change(from, voters, tolerance, without(learners, fresh));
    }

    private @Nullable ConfigurationChange grow(
            Effects.CommittedConfiguration from, SimNode node, List<Member> learners) {
        Member fresh = new Member(node.id(), "server-" + node.number());
        if (!learners.contains(fresh)) {
            return add(from, fresh, learners);
        }
        List<Member> voters = new ArrayList<>(from.configuration().voters().members());
        voters.add(fresh);
        int most = (voters.size() - 1) / 2;
        int tolerance = voters.size() == cluster.knobs.servers() ? cluster.knobs.tolerance() : 0;
        return change(from, voters, Math.min(tolerance, most), without(learners, fresh));
    }

    private @Nullable ConfigurationChange add(
            Effects.CommittedConfiguration from, Member fresh, List<Member> learners) {
        if (cluster.everMembers.contains(fresh.id()) || cluster.nodeOf(fresh.id()) == null) {
            return null;
        }
        List<Member> more = new ArrayList<>(learners);
        more.add(fresh);
        return change(
                from,
                from.configuration().voters().members(),
                from.configuration().voters().faultTolerance(),
                more);
    }

    private @Nullable ConfigurationChange atWill(
            Effects.CommittedConfiguration from, List<Member> voters, List<Member> learners) {
        if (!world.chance(cluster.knobs.membership())) {
            return null;
        }
        int most = (voters.size() - 1) / 2;
        if (most > 0 && world.random.nextInt(2) == 0) {
            int tolerance = world.random.nextInt(most + 1);
            return change(from, voters, tolerance, learners);
        }
        if (voters.size() < 2) {
            return null;
        }
        List<Member> fewer = new ArrayList<>(voters);
        Member removed = fewer.remove(world.random.nextInt(fewer.size()));
        SimNode node = cluster.nodeOf(removed.id());
        if (node == null || (!cluster.mayLose(node) && voters.size() > 2)) {
            return null;
        }
        int tolerance = Math.min(from.configuration().voters().faultTolerance(), (fewer.size() - 1) / 2);
        return change(from, fewer, tolerance, learners);
    }

    private static List<Member> without(List<Member> members, Member removed) {
        return members.stream().filter(member -> !member.equals(removed)).toList();
    }

    private static ConfigurationChange change(
            Effects.CommittedConfiguration from, List<Member> voters, int tolerance, List<Member> learners) {
        return new ConfigurationChange(from.index(), new VoterSet(voters, tolerance), learners);
    }
}
