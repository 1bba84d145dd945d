package io.shardeddb.server.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.Uid;
import java.io.UncheckedIOException;
import java.util.List;

/** Configurations and ids between the protocol's types and the wire's; the same form lies in the log and in copies. */
public final class ConfigurationCodec {
    private ConfigurationCodec() {}

    /** The wire's form of a configuration. */
    public static GroupConfiguration toWire(Configuration configuration) {
        GroupConfiguration.Builder wire = GroupConfiguration.newBuilder()
                .setFaultTolerance(configuration.voters().faultTolerance());
        configuration.voters().members().forEach(member -> wire.addVoters(toWire(member)));
        configuration.learners().forEach(member -> wire.addLearners(toWire(member)));
        configuration.retired().forEach(id -> wire.addRetired(uid(id)));
        configuration.unfit().forEach(id -> wire.addUnfit(uid(id)));
        VoterSet outgoing = configuration.outgoing();
        if (outgoing != null) {
            outgoing.members().forEach(member -> wire.addOutgoingVoters(toWire(member)));
            wire.setOutgoingFaultTolerance(outgoing.faultTolerance());
        }
        return wire.build();
    }

    /**
     * The protocol's form of a configuration.
     *
     * @throws IllegalArgumentException if it breaks a rule of {@link Configuration} or {@link VoterSet}
     */
    public static Configuration ofWire(GroupConfiguration wire) {
        return new Configuration(
                new VoterSet(members(wire.getVotersList()), wire.getFaultTolerance()),
                wire.getOutgoingVotersCount() == 0
                        ? null
                        : new VoterSet(members(wire.getOutgoingVotersList()), wire.getOutgoingFaultTolerance()),
                members(wire.getLearnersList()),
                wire.getRetiredList().stream().map(ConfigurationCodec::memberId).toList(),
                wire.getUnfitList().stream().map(ConfigurationCodec::memberId).toList());
    }

    /** The stored form. */
    public static ByteString encode(Configuration configuration) {
        return toWire(configuration).toByteString();
    }

    /** Reads the stored form. */
    public static Configuration decode(ByteString bytes) {
        try {
            return ofWire(GroupConfiguration.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException("stored bytes are no configuration", e);
        }
    }

    /** The protocol's form of members. */
    public static List<Member> members(List<GroupMember> wire) {
        return wire.stream().map(ConfigurationCodec::ofWire).toList();
    }

    /** The wire's form of one member. */
    public static GroupMember toWire(Member member) {
        MemberAddress address = MemberAddress.parse(member.address());
        return GroupMember.newBuilder()
                .setMember(uid(member.id()))
                .setServer(address.server())
                .setAddress(address.endpoint())
                .build();
    }

    /** The protocol's form of one member. */
    public static Member ofWire(GroupMember wire) {
        return new Member(memberId(wire.getMember()), new MemberAddress(wire.getServer(), wire.getAddress()).text());
    }

    public static Uid uid(MemberId id) {
        return Uid.newBuilder().setHigh(id.high()).setLow(id.low()).build();
    }

    public static Uid uid(GroupId id) {
        return Uid.newBuilder().setHigh(id.high()).setLow(id.low()).build();
    }

    public static MemberId memberId(Uid uid) {
        return new MemberId(uid.getHigh(), uid.getLow());
    }

    public static GroupId groupId(Uid uid) {
        return new GroupId(uid.getHigh(), uid.getLow());
    }
}
