package io.shardeddb.router.http.direct;

import io.micronaut.context.BeanProvider;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link DirectHandler} into the pipeline of each connection, between the HTTP codec and the framework's
 * handler.
 */
@Singleton
final class DirectPipeline implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {

    private static final String NAME = "direct";

    private final BeanProvider<DirectHandler.Shared> shared;

    /** @param shared taken at the first connection, because the endpoints need beans that need the server */
    DirectPipeline(BeanProvider<DirectHandler.Shared> shared) {
        this.shared = shared;
    }

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        event.getBean().register(new Customizer(shared, null));
        return event.getBean();
    }

    private record Customizer(
            BeanProvider<DirectHandler.Shared> shared,
            @Nullable Channel connection) implements NettyServerCustomizer {

        @Override
        public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
            return role == ChannelRole.CONNECTION ? new Customizer(shared, channel) : this;
        }

        @Override
        public void onStreamPipelineBuilt() {
            if (connection != null) {
                connection
                        .pipeline()
                        .addBefore(
                                ChannelPipelineCustomizer.HANDLER_MICRONAUT_INBOUND,
                                NAME,
                                new DirectHandler(shared.get()));
            }
        }
    }
}
