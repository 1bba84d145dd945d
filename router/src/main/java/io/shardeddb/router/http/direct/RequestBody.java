package io.shardeddb.router.http.direct;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gathers the bytes of one request's body, up to a limit. */
final class RequestBody {

    private static final byte[] NONE = {};

    private final long limit;
    private final @Nullable Decompression decompression;
    private byte[] bytes = NONE;
    private int size;

    /**
     * Begins a body.
     *
     * @throws DatabaseException TOO_LARGE when the head announces more than the limit
     */
    RequestBody(HttpRequest head, long limit) {
        this.limit = limit;
        String announced = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        if (announced != null && Long.parseLong(announced) > limit) {
            throw tooLarge(limit, announced);
        }
        this.decompression = head.headers().contains(HttpHeaderNames.CONTENT_ENCODING) ? new Decompression(head) : null;
    }

    /**
     * Takes the next part. The caller releases it.
     *
     * @throws DatabaseException TOO_LARGE beyond the limit; MALFORMED_REQUEST when it cannot be decoded
     */
    void add(HttpContent part) {
        if (part.decoderResult().isFailure()) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "the request's body cannot be read: "
                            + part.decoderResult().cause().getMessage());
        }
        if (decompression != null) {
            decompression.add(part, this::append);
        } else if (part.content().isReadable()) {
            append(part.content());
        }
        if (part instanceof LastHttpContent) {
            close();
        }
    }

    private void append(ByteBuf part) {
        int more = part.readableBytes();
        if (size + (long) more > limit) {
            throw tooLarge(limit, "of at least " + (size + (long) more));
        }
        if (bytes.length - size < more) {
            // The first part is nearly always all of it.
            bytes = Arrays.copyOf(bytes, size == 0 ? more : (int) Math.min(limit, Math.max(size + more, size * 2L)));
        }
        part.getBytes(part.readerIndex(), bytes, size, more);
        size += more;
    }

    /** What has been taken so far. */
    byte[] bytes() {
        return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    }

    /** Gives back what decoding uses; taking more is not allowed then. */
    void close() {
        if (decompression != null) {
            decompression.close();
        }
    }

    private static DatabaseException tooLarge(long limit, String length) {
        return new DatabaseException(
                ErrorCode.TOO_LARGE,
                "the request's body is too large: The content length [" + length
                        + "] exceeds the maximum allowed content length [" + limit + "]");
    }
}
