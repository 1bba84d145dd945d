package io.shardeddb.server.transport;

import com.google.protobuf.ByteString;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Message;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.StateMark;
import io.shardeddb.consensus.Weight;
import io.shardeddb.protocol.wire.AppendRequestBody;
import io.shardeddb.protocol.wire.AppendResponseBody;
import io.shardeddb.protocol.wire.HeartbeatBody;
import io.shardeddb.protocol.wire.HeartbeatResponseBody;
import io.shardeddb.protocol.wire.PeerEntry;
import io.shardeddb.protocol.wire.PeerMessage;
import io.shardeddb.protocol.wire.PeerStateMark;
import io.shardeddb.protocol.wire.TimeoutNowBody;
import io.shardeddb.protocol.wire.VoteRequestBody;
import io.shardeddb.protocol.wire.VoteResponseBody;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.log.ConfigurationCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The protocol's messages on the wire. */
public final class MessageCodec {
    private MessageCodec() {}

    /** The wire's form. */
    public static PeerMessage toWire(Message message) {
        PeerMessage.Builder wire = PeerMessage.newBuilder()
                .setGroup(ConfigurationCodec.uid(message.group()))
                .setFrom(ConfigurationCodec.uid(message.from()))
                .setTo(ConfigurationCodec.uid(message.to()))
                .setTerm(message.term());
        switch (message) {
            case Message.VoteRequest m ->
                wire.setVoteRequest(VoteRequestBody.newBuilder()
                        .setLastIndex(m.lastIndex())
                        .setLastTerm(m.lastTerm())
                        .setPreVote(m.preVote())
                        .setTransfer(m.transfer()));
            case Message.VoteResponse m ->
                wire.setVoteResponse(
                        VoteResponseBody.newBuilder().setPreVote(m.preVote()).setGranted(m.granted()));
            case Message.AppendRequest m -> wire.setAppendRequest(append(m));
            case Message.AppendResponse m ->
                wire.setAppendResponse(AppendResponseBody.newBuilder()
                        .setRound(m.round())
                        .setAccepted(m.accepted())
                        .setMatchIndex(m.matchIndex())
                        .setHintIndex(m.hintIndex())
                        .setHintTerm(m.hintTerm())
                        .setLastIndex(m.lastIndex()));
            case Message.Heartbeat m -> wire.setHeartbeat(heartbeat(m));
            case Message.HeartbeatResponse m -> wire.setHeartbeatResponse(heartbeatResponse(m));
            case Message.TimeoutNow m -> wire.setTimeoutNow(TimeoutNowBody.getDefaultInstance());
        }
        return wire.build();
    }

    private static AppendRequestBody append(Message.AppendRequest m) {
        AppendRequestBody.Builder body = AppendRequestBody.newBuilder()
                .setRound(m.round())
                .setPreviousIndex(m.previousIndex())
                .setPreviousTerm(m.previousTerm())
                .setCommitIndex(m.commitIndex())
                .setWeightClock(m.weight().clock())
                .setWeight(m.weight().value());
        for (LogEntry entry : m.entries()) {
            PeerEntry.Builder wire = PeerEntry.newBuilder().setTerm(entry.term());
            switch (entry.payload()) {
                case Payload.Noop() -> {}
                case Payload.Membership(var configuration) ->
                    wire.setMembership(ConfigurationCodec.toWire(configuration));
                case CommandPayload command -> wire.setCommand(command.bytes());
                case Payload.Command other -> throw new IllegalArgumentException("not a command of ours: " + other);
            }
            body.addEntries(wire);
        }
        return body.build();
    }

    private static HeartbeatBody heartbeat(Message.Heartbeat m) {
        return HeartbeatBody.newBuilder()
                .setRound(m.round())
                .setSentAt(m.sentAt())
                .setCommitIndex(m.commitIndex())
                .setConfirmedRound(m.confirmedRound())
                .setEcho(m.echo())
                .setUnfit(m.unfit())
                .build();
    }

    private static HeartbeatResponseBody heartbeatResponse(Message.HeartbeatResponse m) {
        HeartbeatResponseBody.Builder body = HeartbeatResponseBody.newBuilder()
                .setRound(m.round())
                .setSentAt(m.sentAt())
                .setStamp(m.stamp())
                .setAppendedIndex(m.appendedIndex())
                .setDurableIndex(m.durableIndex())
                .setLastIndex(m.lastIndex())
                .setAppliedIndex(m.appliedIndex())
                .setRefusedIndex(m.refusedIndex())
                .setRefusedRequest(m.refusedRequest() + 1);
        StateMark mark = m.mark();
        if (mark != null) {
            body.setMark(toWire(mark));
        }
        return body.build();
    }

    private static PeerStateMark toWire(StateMark mark) {
        return PeerStateMark.newBuilder()
                .setIndex(mark.index())
                .setHash(mark.hash())
                .build();
    }

    /** The protocol's form; {@code null} for a kind that only a newer version knows. */
    public static @Nullable Message ofWire(PeerMessage wire) {
        GroupId group = ConfigurationCodec.groupId(wire.getGroup());
        MemberId from = ConfigurationCodec.memberId(wire.getFrom());
        MemberId to = ConfigurationCodec.memberId(wire.getTo());
        long term = wire.getTerm();
        return switch (wire.getBodyCase()) {
            case VOTE_REQUEST -> {
                VoteRequestBody b = wire.getVoteRequest();
                yield new Message.VoteRequest(
                        group, from, to, term, b.getLastIndex(), b.getLastTerm(), b.getPreVote(), b.getTransfer());
            }
            case VOTE_RESPONSE -> {
                VoteResponseBody b = wire.getVoteResponse();
                yield new Message.VoteResponse(group, from, to, term, b.getPreVote(), b.getGranted());
            }
            case APPEND_REQUEST -> {
                AppendRequestBody b = wire.getAppendRequest();
                yield new Message.AppendRequest(
                        group,
                        from,
                        to,
                        term,
                        b.getRound(),
                        b.getPreviousIndex(),
                        b.getPreviousTerm(),
                        entries(b),
                        b.getCommitIndex(),
                        new Weight(b.getWeightClock(), b.getWeight()));
            }
            case APPEND_RESPONSE -> {
                AppendResponseBody b = wire.getAppendResponse();
                yield new Message.AppendResponse(
                        group,
                        from,
                        to,
                        term,
                        b.getRound(),
                        b.getAccepted(),
                        b.getMatchIndex(),
                        b.getHintIndex(),
                        b.getHintTerm(),
                        b.getLastIndex());
            }
            case HEARTBEAT -> heartbeat(group, from, to, term, wire.getHeartbeat());
            case HEARTBEAT_RESPONSE -> heartbeatResponse(group, from, to, term, wire.getHeartbeatResponse());
            case TIMEOUT_NOW -> new Message.TimeoutNow(group, from, to, term);
            case BODY_NOT_SET -> null;
        };
    }

    private static Message heartbeat(GroupId group, MemberId from, MemberId to, long term, HeartbeatBody b) {
        return new Message.Heartbeat(
                group,
                from,
                to,
                term,
                b.getRound(),
                b.getSentAt(),
                b.getCommitIndex(),
                b.getConfirmedRound(),
                b.getEcho(),
                b.getUnfit());
    }

    private static Message heartbeatResponse(
            GroupId group, MemberId from, MemberId to, long term, HeartbeatResponseBody b) {
        return new Message.HeartbeatResponse(
                group,
                from,
                to,
                term,
                b.getRound(),
                b.getSentAt(),
                b.getStamp(),
                b.getAppendedIndex(),
                b.getDurableIndex(),
                b.getLastIndex(),
                b.getAppliedIndex(),
                b.hasMark() ? ofWire(b.getMark()) : null,
                b.getRefusedIndex(),
                b.getRefusedRequest() - 1);
    }

    private static StateMark ofWire(PeerStateMark mark) {
        return new StateMark(mark.getIndex(), mark.getHash());
    }

    private static List<LogEntry> entries(AppendRequestBody body) {
        List<LogEntry> entries = new ArrayList<>(body.getEntriesCount());
        long index = body.getPreviousIndex();
        for (PeerEntry wire : body.getEntriesList()) {
            index++;
            Payload payload = switch (wire.getPayloadCase()) {
                case COMMAND -> command(wire.getCommand());
                case MEMBERSHIP -> new Payload.Membership(ConfigurationCodec.ofWire(wire.getMembership()));
                case PAYLOAD_NOT_SET -> Payload.Noop.INSTANCE;
            };
            entries.add(new LogEntry(index, wire.getTerm(), payload));
        }
        return entries;
    }

    private static CommandPayload command(ByteString bytes) {
        return CommandPayload.ofBytes(bytes);
    }
}
