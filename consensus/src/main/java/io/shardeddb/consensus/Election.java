package io.shardeddb.consensus;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Votes: asking for them and granting them. */
final class Election {
    private final Core core;
    private final Set<MemberId> granted = new HashSet<>();

    /** The batch that makes the own vote durable; 0 when none is awaited. */
    private long ownVoteNumber;

    Election(Core core) {
        this.core = core;
    }

    /** Stands if the time has come. */
    void tick() {
        if (core.now - core.electionDeadline >= 0 && mayStand()) {
            if (core.role == Role.CANDIDATE) {
                core.candidacyLost();
            }
            begin(Role.PRE_CANDIDATE, false);
        }
    }

    /**
     * Voters campaign. A member that is being removed campaigns too, as long as the removal is not known to be
     * committed. It may be the only one whose log is long enough to finish the change (Ongaro's dissertation, section
     * 4.2.2).
     */
    private boolean mayStand() {
        return !isUnfit(core.self) && isVoter();
    }

    private boolean isVoter() {
        return core.configuration().isVoter(core.self)
                || core.configurations.sinceCommitted(core.commitIndex, before -> before.isVoter(core.self));
    }

    /** A member that is no good may have forgotten how it voted, or lack what is committed. */
    private boolean isUnfit(MemberId member) {
        return core.rules.remembersUnfit() && core.configuration().isUnfit(member);
    }

    /** Campaigns in the next term, without asking first whether it would be elected. */
    void standAtOnce() {
        begin(Role.CANDIDATE, false);
    }

    void onTimeoutNow(Message.TimeoutNow request) {
        boolean eligible = request.term() == core.term
                && core.role == Role.FOLLOWER
                && core.configuration().isVoter(core.self)
                && !isUnfit(core.self)
                && core.now - core.holdOffUntil >= 0;
        if (eligible) {
            begin(Role.CANDIDATE, true);
        }
    }

    void onRequest(Message.VoteRequest request) {
        if (request.term() < core.term) {
            answer(request, false);
            return;
        }
        if (isUnfit(request.from()) || isUnfit(core.self)) {
            answer(request, false);
            return;
        }
        boolean leads = core.role == Role.LEADER && !request.transfer();
        if (leads || !core.mayGrant(request.transfer())) {
            if (request.preVote()) {
                answer(request, false);
            }
            return;
        }
        boolean upToDate =
                core.rules.upToDate(request.lastTerm(), request.lastIndex(), core.log.lastTerm(), core.log.lastIndex());
        if (request.preVote()) {
            answer(request, upToDate && request.term() > core.term);
            return;
        }
        if (request.term() > core.term) {
            core.follow(request.term(), null);
        }
        MemberId vote = core.vote;
        boolean free = vote == null ? core.leader == null : vote.equals(request.from());
        if (free && upToDate) {
            core.voteFor(request.from());
            core.restartElectionTimer();
            answer(request, true);
        } else {
            answer(request, false);
        }
    }

    void onResponse(Message.VoteResponse response) {
        if (!response.granted()) {
            if (response.term() > core.term) {
                core.follow(response.term(), null);
            }
            return;
        }
        Role asked = response.preVote() ? Role.PRE_CANDIDATE : Role.CANDIDATE;
        long askedTerm = response.preVote() ? core.term + 1 : core.term;
        if (core.role == asked && response.term() == askedTerm) {
            granted.add(response.from());
            conclude();
        }
    }

    /** Counts the own vote once it cannot be forgotten. */
    void persisted() {
        if (ownVoteNumber > 0 && core.role == Role.CANDIDATE && core.outbox.isDurable(ownVoteNumber)) {
            ownVoteNumber = 0;
            granted.add(core.self);
            conclude();
        }
    }

    private void begin(Role role, boolean transfer) {
        core.role = role;
        core.leader = null;
        granted.clear();
        ownVoteNumber = 0;
        boolean preVote = role == Role.PRE_CANDIDATE;
        if (preVote) {
            granted.add(core.self);
        } else {
            core.enterTerm(core.term + 1);
            core.voteFor(core.self);
            ownVoteNumber = core.outbox.nextNumber();
        }
        core.restartElectionTimer();
        ask(preVote, transfer);
        if (!preVote && !core.rules.votesOnlyWhenDurable()) {
            granted.add(core.self);
        }
        conclude();
    }

    private void ask(boolean preVote, boolean transfer) {
        long term = preVote ? core.term + 1 : core.term;
        List<Member> everyone = core.configuration().everyone();
        for (Member member : everyone) {
            if (member.id().equals(core.self) || !core.configuration().isVoter(member.id())) {
                continue;
            }
            send(
                    new Message.VoteRequest(
                            core.group,
                            core.self,
                            member.id(),
                            term,
                            core.log.lastIndex(),
                            core.log.lastTerm(),
                            preVote,
                            transfer),
                    preVote);
        }
    }

    private void answer(Message.VoteRequest request, boolean grant) {
        long term = grant ? request.term() : core.term;
        send(
                new Message.VoteResponse(core.group, core.self, request.from(), term, request.preVote(), grant),
                request.preVote());
    }

    private void send(Message message, boolean preVote) {
        if (preVote || !core.rules.votesOnlyWhenDurable()) {
            core.outbox.send(message);
        } else {
            core.outbox.sendWhenDurable(message);
        }
    }

    private void conclude() {
        if (!elected()) {
            return;
        }
        if (core.role == Role.PRE_CANDIDATE) {
            begin(Role.CANDIDATE, false);
        } else if (core.role == Role.CANDIDATE) {
            core.role = Role.LEADER;
            core.leader = core.self;
            core.leadership = new Leadership(core);
            core.leadership.begin();
        }
    }

    private boolean elected() {
        Configuration configuration = core.configuration();
        boolean incoming = elects(configuration.voters());
        VoterSet outgoing = configuration.outgoing();
        return outgoing == null ? incoming : core.rules.jointly(incoming, elects(outgoing));
    }

    private boolean elects(VoterSet voters) {
        int votes = 0;
        for (Member member : voters.members()) {
            if (granted.contains(member.id()) && !isUnfit(member.id())) {
                votes++;
            }
        }
        return votes >= core.rules.electionQuorum(voters);
    }
}
