package io.shardeddb.simulator.driver;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.protocol.wire.CopyProgress;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.server.group.CopyRunner;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.log.MemberAddress;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.simulator.driver.rows.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Takes copies from other modelled databases, of the present rows or of a view that was opened some time ago. */
final class SimCopies implements CopyRunner {
    private final World world;
    private final SimProcess process;

    SimCopies(World world, SimProcess process) {
        this.world = world;
        this.process = process;
    }

    @Override
    public AppliedState copy(
            GroupId group,
            MemberId receiver,
            ReplicaStore into,
            List<GroupMember> sources,
            long minimumIndex,
            Consumer<CopyProgress> progress)
            throws StoreUnavailableException {
        for (GroupMember wire : sources) {
            var member = ConfigurationCodec.ofWire(wire);
            SimServer source =
                    world.serverAt(MemberAddress.parse(member.address()).endpoint());
            SimServer.Running up = source.running();
            Database.Replica replica = source.database().present(group.toString());
            if (up == null
                    || replica == null
                    || source == process.server()
                    || !world.network().joined(process.server(), source)
                    || up.process().frozenUntil() > world.schedule().now()
                    || source.database().isAway()
                    || replica.unfinished != null
                    || !replica.member.equals(member.id().toString())
                    || !source.serves(group)) {
                continue;
            }
            List<State> views = new ArrayList<>(replica.views);
            views.add(replica.state);
            views.removeIf(view -> view.index() < minimumIndex);
            if (!views.isEmpty()) {
                State view = views.get(world.schedule().random().nextInt(views.size()));
                State chosen =
                        world.wrong() == Wrong.COPY_OF_TWO_VIEWS ? view.with(replica.state, replica.state) : view;
                world.schedule()
                        .trace(() -> process.server().name() + " copies " + group + " up to " + chosen.index()
                                + " from " + source.name());
                return ((SimStore) into).install(chosen, source.name() + "-" + chosen.index());
            }
        }
        throw new StoreUnavailableException("no source has what is needed");
    }
}
