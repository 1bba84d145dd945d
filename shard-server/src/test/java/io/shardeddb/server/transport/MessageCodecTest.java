package io.shardeddb.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Message;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.StateMark;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.OpenShard;
import io.shardeddb.protocol.wire.PeerMessage;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.log.MemberAddress;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {
    private static final GroupId GROUP = new GroupId(-1, 2);
    private static final MemberId ONE = new MemberId(Long.MIN_VALUE, 3);
    private static final MemberId TWO = new MemberId(4, -5);

    private static Member member(MemberId id, int number) {
        return new Member(id, new MemberAddress("Server" + number, "host-" + number + ":7000").text());
    }

    static Stream<Message> messages() {
        Configuration joint = new Configuration(
                new VoterSet(List.of(member(ONE, 1), member(TWO, 2), member(new MemberId(0, 6), 3)), 1),
                VoterSet.majority(List.of(member(ONE, 1))),
                List.of(member(new MemberId(0, 9), 4)),
                List.of(new MemberId(0, 7), new MemberId(0, 1)));
        CommandPayload command = CommandPayload.of(LoggedCommand.newBuilder()
                .setTimestamp(77)
                .setOpenShard(OpenShard.newBuilder().setOpen(true))
                .build());
        return Stream.of(
                new Message.VoteRequest(GROUP, ONE, TWO, 5, 100, 4, true, false),
                new Message.VoteRequest(GROUP, ONE, TWO, 5, 100, 4, false, true),
                new Message.VoteResponse(GROUP, TWO, ONE, 5, true, true),
                new Message.VoteResponse(GROUP, TWO, ONE, 5, false, false),
                new Message.AppendRequest(GROUP, ONE, TWO, 5, 3, 100, 4, List.of(), 90),
                new Message.AppendRequest(
                        GROUP,
                        ONE,
                        TWO,
                        5,
                        3,
                        100,
                        4,
                        List.of(
                                new LogEntry(101, 4, Payload.Noop.INSTANCE),
                                new LogEntry(102, 5, command),
                                new LogEntry(103, 5, new Payload.Membership(joint))),
                        90),
                new Message.AppendResponse(GROUP, TWO, ONE, 5, 3, true, 103, 0, 0, 103),
                // To a leader of an earlier term: names no index.
                new Message.AppendResponse(GROUP, TWO, ONE, 6, 0, false, -1, 0, 0, 103),
                new Message.Heartbeat(GROUP, ONE, TWO, 5, 9, -1_000_000, 90, 8, Long.MIN_VALUE),
                new Message.HeartbeatResponse(GROUP, TWO, ONE, 5, 9, -1_000_000, 12, 103, 102, 104, 90, null),
                new Message.HeartbeatResponse(
                        GROUP, TWO, ONE, 5, 9, -1_000_000, 12, 103, 102, 104, 90, new StateMark(4096, -7)),
                new Message.TimeoutNow(GROUP, ONE, TWO, 5));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void comesBackAsItWas(Message message) throws InvalidProtocolBufferException {
        PeerMessage wire = PeerMessage.parseFrom(MessageCodec.toWire(message).toByteString());
        Message back = Objects.requireNonNull(MessageCodec.ofWire(wire));
        // Commands have no equality of their own: their bytes are compared in the wire's form.
        assertThat(back).hasToString(message.toString());
        assertThat(MessageCodec.toWire(back)).isEqualTo(MessageCodec.toWire(message));
    }

    @Test
    void hasAnExampleOfEveryKind() {
        assertThat(messages().map(Object::getClass).distinct().toList())
                .containsAll(List.of(Message.class.getPermittedSubclasses()));
    }

    @Test
    void dropsAKindThatItDoesNotKnow() {
        PeerMessage newer = MessageCodec.toWire(new Message.TimeoutNow(GROUP, ONE, TWO, 5)).toBuilder()
                .clearBody()
                .build();
        assertThat(MessageCodec.ofWire(newer)).isNull();
    }
}
