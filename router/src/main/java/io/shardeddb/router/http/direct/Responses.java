package io.shardeddb.router.http.direct;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.StandardCompressionOptions;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.shardeddb.router.http.RequestOptions;

/** Answers as Netty's responses, with as few steps as it can be done. */
final class Responses {

    /** Shorter bodies are not compressed; the framework's own limit. */
    private static final int COMPRESSED_FROM = 1_024;

    /** Values are ours, or were made of what cannot hold a line break: they need no second look. */
    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private static final AsciiString SESSION_TOKEN = AsciiString.cached(RequestOptions.SESSION_TOKEN);
    private static final AsciiString EXPIRES_MILLIS = AsciiString.cached("Expires-Millis");
    private static final AsciiString RETRY_AFTER = AsciiString.cached("1");
    private static final AsciiString BEARER = AsciiString.cached("Bearer");
    private static final AsciiString[] LENGTHS = new AsciiString[1_024];

    static {
        for (int i = 0; i < LENGTHS.length; i++) {
            LENGTHS[i] = AsciiString.cached(Integer.toString(i));
        }
    }

    private Responses() {}

    /**
     * The response to a request.
     *
     * @param close whether the connection is closed behind it
     */
    static FullHttpResponse of(HttpRequest request, DirectAnswer answer, AsciiString date, boolean close) {
        byte[] body = answer.body();
        boolean onlyHead = request.method().equals(HttpMethod.HEAD);
        HttpHeaders headers = UNCHECKED.newHeaders();
        FullHttpResponse response = new DefaultFullHttpResponse(
                request.protocolVersion(),
                answer.status(),
                onlyHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body),
                headers,
                EmptyHttpHeaders.INSTANCE);
        headers.add(HttpHeaderNames.DATE, date);
        headers.add(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        if (!answer.sessionToken().isEmpty()) {
            headers.add(SESSION_TOKEN, answer.sessionToken());
        }
        String allow = answer.allow();
        if (allow != null) {
            headers.add(HttpHeaderNames.ALLOW, allow);
        }
        if (answer.version() != 0) {
            headers.add(HttpHeaderNames.ETAG, "\"" + answer.version() + "\"");
        }
        if (answer.expiresMillis() != 0) {
            headers.add(EXPIRES_MILLIS, Long.toString(answer.expiresMillis()));
        }
        if (answer.status().code() == HttpResponseStatus.SERVICE_UNAVAILABLE.code()) {
            headers.add(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER);
        }
        if (answer.status().code() == HttpResponseStatus.UNAUTHORIZED.code()) {
            headers.add(HttpHeaderNames.WWW_AUTHENTICATE, BEARER);
        }
        headers.add(
                HttpHeaderNames.CONTENT_LENGTH,
                body.length < LENGTHS.length ? LENGTHS[body.length] : Integer.toString(body.length));
        if (body.length >= COMPRESSED_FROM
                && !onlyHead
                && request.headers().contains(HttpHeaderNames.ACCEPT_ENCODING)) {
            response = compressed(request, response);
        }
        if (close || !request.protocolVersion().isKeepAliveDefault()) {
            HttpUtil.setKeepAlive(response, !close);
        }
        return response;
    }

    /** The response in an encoding that the client takes, or as it is: in a channel of its own, because it is rare. */
    private static FullHttpResponse compressed(HttpRequest request, FullHttpResponse response) {
        EmbeddedChannel encoder = new EmbeddedChannel(
                new HttpContentCompressor(0, StandardCompressionOptions.gzip(), StandardCompressionOptions.deflate()));
        ByteBuf bytes = Unpooled.buffer();
        HttpHeaders headers = response.headers();
        try {
            DefaultHttpRequest asked =
                    new DefaultHttpRequest(request.protocolVersion(), request.method(), request.uri());
            asked.headers().set(request.headers());
            encoder.writeInbound(asked);
            encoder.writeOutbound(response);
            for (Object part = encoder.readOutbound(); part != null; part = encoder.readOutbound()) {
                if (part instanceof HttpResponse head) {
                    headers = head.headers();
                }
                if (part instanceof HttpContent content) {
                    bytes.writeBytes(content.content());
                }
                ReferenceCountUtil.release(part);
            }
        } finally {
            encoder.finishAndReleaseAll();
        }
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        headers.set(HttpHeaderNames.CONTENT_LENGTH, bytes.readableBytes());
        return new DefaultFullHttpResponse(
                response.protocolVersion(), response.status(), bytes, headers, EmptyHttpHeaders.INSTANCE);
    }
}
