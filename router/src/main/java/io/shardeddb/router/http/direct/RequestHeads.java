package io.shardeddb.router.http.direct;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/** What is changed in the head of every request, before anybody reads it. */
final class RequestHeads {

    private RequestHeads() {}

    /**
     * Takes away what cannot be served as it was asked for.
     *
     * <ul>
     *   <li>A version other than 1.0 and 1.1 becomes 1.1: answers repeat the version, and this server speaks no other.
     *   <li>Accept-Language goes: all texts are English, and the framework fails at a value such as {@code ,,,}.
     * </ul>
     */
    static void settle(HttpRequest head) {
        HttpVersion version = head.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            var _ = head.setProtocolVersion(HttpVersion.HTTP_1_1);
        }
        var _ = head.headers().remove(HttpHeaderNames.ACCEPT_LANGUAGE);
    }
}
