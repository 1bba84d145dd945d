package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.ReplicaStatus;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CopyProgress;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.TakeCopyReply;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.CopyRunner;
import io.shardeddb.server.group.PeerCalls;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.runtime.Machine;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies on both sides: asks members to take one, and takes one here. Confined to the loop, but for the copying itself.
 */
final class CopyDispatch {
    private static final Logger LOG = LoggerFactory.getLogger(CopyDispatch.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final GroupRuntime runtime;
    private final PeerCalls calls;
    private final CopyRunner copier;
    private final Set<MemberId> asked = new HashSet<>();
    private final Map<GroupId, Integer> pins = new HashMap<>();
    private final Map<GroupId, CopyProgress> progress = new ConcurrentHashMap<>();
    private final Map<GroupId, Long> nextOwnCopy = new HashMap<>();
    private final Semaphore turns = new Semaphore(Machine.COPY_THREADS);

    /** The way to other servers. */
    PeerCalls calls() {
        return calls;
    }

    CopyDispatch(GroupRuntime runtime, PeerCalls calls, CopyRunner copier) {
        this.runtime = runtime;
        this.calls = calls;
        this.copier = copier;
    }

    /** While a member copies, the log behind the copy must stay. */
    boolean pinned(GroupId group) {
        return pins.containsKey(group);
    }

    void pin(GroupId group, boolean pinned) {
        if (pinned) {
            pins.merge(group, 1, Integer::sum);
        } else {
            pins.computeIfPresent(group, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    @Nullable
    CopyProgress progress(GroupId group) {
        return progress.get(group);
    }

    /** A leader lacks what a member needs. */
    void request(GroupReplica leader, Effects.CopyNeeded needed) {
        if (!asked.add(needed.member())) {
            return;
        }
        GroupId group = leader.log().group();
        pin(group, true);
        TakeCopyRequest request = TakeCopyRequest.newBuilder()
                .setGroup(ConfigurationCodec.uid(group))
                .setMember(ConfigurationCodec.uid(needed.member()))
                .setMinimumIndex(needed.firstIndex() - 1)
                .addAllSources(sources(leader, needed.member()))
                .build();
        String endpoint = leader.addressOf(needed.member()).endpoint();
        LOG.info(
                "shard {} (group {}): member {} at {} is asked to take a copy",
                leader.log().shard(),
                group,
                needed.member(),
                endpoint);
        CompletableFuture<TakeCopyReply> answer = calls.takeCopy(endpoint, request);
        // A refusal at once must not become a storm of requests: the next one comes after a while.
        var _ = answer.whenComplete((reply, failure) -> {
            Runnable end = () -> runtime.loop().execute(() -> ended(leader, needed, reply, failure));
            if (failure != null || reply.hasError()) {
                var _ = runtime.surroundings().timer().after(RETRY_NANOS, end);
            } else {
                end.run();
            }
        });
    }

    private void ended(
            GroupReplica leader,
            Effects.CopyNeeded needed,
            @Nullable TakeCopyReply reply,
            @Nullable Throwable failure) {
        GroupId group = leader.log().group();
        asked.remove(needed.member());
        pin(group, false);
        if (reply == null || reply.hasError()) {
            LOG.warn(
                    "shard {} (group {}): member {} took no copy: {}",
                    leader.log().shard(),
                    group,
                    needed.member(),
                    reply == null ? failure : reply.getError().getMessage());
            leader.core().copyFailed(needed.member(), runtime.now());
        } else {
            leader.core().copyArrived(needed.member(), reply.getIndex(), runtime.now());
        }
        leader.touch();
    }

    /** Followers that have applied the most first, the leader last. */
    private static List<GroupMember> sources(GroupReplica leader, MemberId receiver) {
        ReplicaStatus status = leader.core().status();
        long enough = leader.log().firstIndex() - 1;
        Map<MemberId, Member> members = new HashMap<>();
        status.configuration().everyone().forEach(member -> members.put(member.id(), member));
        List<GroupMember> sources = new ArrayList<>();
        status.peers().stream()
                .filter(peer -> !peer.id().equals(receiver) && !peer.quarantined() && peer.appliedIndex() >= enough)
                .sorted((a, b) -> Long.compare(b.appliedIndex(), a.appliedIndex()))
                .map(peer -> members.get(peer.id()))
                .filter(Objects::nonNull)
                .forEach(member -> sources.add(ConfigurationCodec.toWire(member)));
        Member self = members.get(leader.log().member());
        if (self != null) {
            sources.add(ConfigurationCodec.toWire(self));
        }
        return sources;
    }

    /** A leader asks this server's replica to take a copy. Any thread. */
    CompletableFuture<TakeCopyReply> take(TakeCopyRequest request) {
        CompletableFuture<TakeCopyReply> answer = new CompletableFuture<>();
        runtime.loop().execute(() -> {
            GroupReplica replica = runtime.replica(ConfigurationCodec.groupId(request.getGroup()));
            if (replica == null || !replica.log().member().equals(ConfigurationCodec.memberId(request.getMember()))) {
                answer.complete(error(ErrorCode.WRONG_MEMBER, "no such member here"));
            } else {
                // Rows that are in order are given up only for later ones: the request may be an old one.
                long minimum = replica.isCopyNeeded()
                        ? request.getMinimumIndex()
                        : Math.max(request.getMinimumIndex(), replica.core().commitIndex() + 1);
                begin(replica, request.getSourcesList(), minimum, answer);
            }
        });
        return answer;
    }

    /** Rows were lost, the log was kept: copy under the same id, from anybody. */
    void copyOwn(GroupReplica replica, long now) {
        GroupId group = replica.log().group();
        if (now - nextOwnCopy.getOrDefault(group, now) < 0) {
            return;
        }
        nextOwnCopy.put(group, now + RETRY_NANOS);
        Configuration configuration = replica.core().status().configuration();
        List<GroupMember> sources = new ArrayList<>();
        @Nullable MemberId leader = replica.core().leader();
        for (Member member : configuration.everyone()) {
            if (!member.id().equals(replica.log().member()) && !configuration.isUnfit(member.id())) {
                sources.add(member.id().equals(leader) ? sources.size() : 0, ConfigurationCodec.toWire(member));
            }
        }
        if (!sources.isEmpty()) {
            begin(replica, sources, replica.log().firstIndex() - 1, new CompletableFuture<>());
        }
    }

    private void begin(
            GroupReplica replica, List<GroupMember> sources, long minimum, CompletableFuture<TakeCopyReply> answer) {
        GroupId group = replica.log().group();
        // Who would have to wait for a turn is refused, and asked again: while it waited here, its leader would keep
        // the log for it.
        boolean mine = !replica.isCopying() && turns.tryAcquire();
        boolean begun = mine
                && replica.applier()
                        .run(
                                store -> {
                                    try {
                                        AppliedState state = copier.copy(
                                                group,
                                                replica.log().member(),
                                                store,
                                                sources,
                                                minimum,
                                                now -> progress.put(group, now));
                                        return () -> installed(replica, state, answer);
                                    } catch (StoreUnavailableException | RuntimeException e) {
                                        return () -> failed(replica, e, answer);
                                    }
                                },
                                task -> runtime.surroundings().copies().execute(() -> {
                                    try {
                                        task.run();
                                    } finally {
                                        turns.release();
                                    }
                                }),
                                // The caller waits for hours. It hears of a store that failed before the copying,
                                // too.
                                e -> notBegun(replica, e, answer));
        if (begun) {
            replica.copyBegins();
        } else {
            if (mine) {
                turns.release();
            }
            answer.complete(error(ErrorCode.OVERLOADED, "busy with applying or other copies"));
        }
    }

    private void installed(GroupReplica replica, AppliedState state, CompletableFuture<TakeCopyReply> answer) {
        progress.remove(replica.log().group());
        replica.copied(state, runtime.now());
        answer.complete(TakeCopyReply.newBuilder().setIndex(state.index()).build());
    }

    private void failed(GroupReplica replica, Exception e, CompletableFuture<TakeCopyReply> answer) {
        LOG.warn(
                "shard {} (group {}): the copy failed: {}",
                replica.log().shard(),
                replica.log().group(),
                e.getMessage());
        replica.copyEnds();
        // Whether it had begun to replace the rows, the store knows.
        replica.applier().lookAgain("the copy failed: " + e.getMessage());
        notBegun(replica, e, answer);
    }

    private void notBegun(GroupReplica replica, Exception e, CompletableFuture<TakeCopyReply> answer) {
        progress.remove(replica.log().group());
        answer.complete(error(ErrorCode.STORE_UNAVAILABLE, String.valueOf(e.getMessage())));
    }

    private static TakeCopyReply error(ErrorCode code, String message) {
        return TakeCopyReply.newBuilder().setError(Answers.error(code, message)).build();
    }
}
