package io.shardeddb.router.http.direct;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.function.Consumer;

/**
 * Undoes the Content-Encoding of one request, in a channel of its own: so rare that no connection carries a handler for
 * it.
 */
final class Decompression implements AutoCloseable {

    /** Greatest buffer of one step, in bytes. */
    private static final int STEP = 64 * 1024;

    private final EmbeddedChannel decoder = new EmbeddedChannel(new HttpContentDecompressor(STEP));

    Decompression(HttpRequest head) {
        // The decoder changes the headers, which the request's own handling must not see.
        DefaultHttpRequest copy = new DefaultHttpRequest(head.protocolVersion(), head.method(), head.uri());
        copy.headers().set(head.headers());
        decoder.writeInbound(copy);
        decoder.releaseInbound();
    }

    /**
     * Decodes a part, which stays the caller's.
     *
     * @throws DatabaseException MALFORMED_REQUEST; and what the consumer throws
     */
    void add(HttpContent part, Consumer<ByteBuf> consumer) {
        try {
            decoder.writeInbound(part.retain());
            for (Object decoded = decoder.readInbound(); decoded != null; decoded = decoder.readInbound()) {
                try {
                    if (decoded instanceof HttpContent content) {
                        consumer.accept(content.content());
                    }
                } finally {
                    ReferenceCountUtil.release(decoded);
                }
            }
        } catch (DecoderException e) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST, "the request's body cannot be decompressed: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            decoder.finishAndReleaseAll();
        } catch (DecoderException ignored) {
            // Half of a body that nobody reads any more: only its buffers are to be given back, and they are.
        }
    }
}
