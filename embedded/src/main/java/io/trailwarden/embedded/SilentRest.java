package io.trailwarden.embedded;

import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Hangs up on everybody who calls the REST endpoint of an embedded Flink, before a byte is read or written.
 *
 * <p>Flink cannot be started without that endpoint, and it answers any web page that a browser on this machine shows: it
 * allows every origin, tells what runs, and ends a job on a single GET. We ask Flink directly and need no REST at all.
 *
 * <p>Flink finds this class as a service, in every Flink whose class path has it; it acts only where {@link #SILENT} is
 * set.
 */
public final class SilentRest implements InboundChannelHandlerFactory {

    static final ConfigOption<Boolean> SILENT =
            ConfigOptions.key("trailwarden.rest.silent").booleanType().defaultValue(false);

    @Override
    public int priority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Optional<ChannelHandler> createHandler(Configuration configuration, Map<String, String> responseHeaders) {
        return configuration.get(SILENT) ? Optional.of(new HangUp()) : Optional.empty();
    }

    private static final class HangUp extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.close();
        }

        /** Whatever came between the connection and its end goes no further. */
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.close();
        }
    }
}
