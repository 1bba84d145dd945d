package io.shardeddb.server.data;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.link.Link;
import io.shardeddb.protocol.link.LinkReceiver;
import io.shardeddb.protocol.stream.FrameQueue;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.NumberedReply;
import io.shardeddb.protocol.wire.NumberedRequest;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReplyFrame;
import io.shardeddb.protocol.wire.RequestFrame;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.runtime.GroupClients;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One router's link. Frames come on the link's thread; answers from any thread gather for it. A router that does not
 * take its answers gets no further requests taken, so that what waits for it stays bounded by what it has sent.
 */
final class RouterStream implements LinkReceiver<RequestFrame>, FrameQueue.Stream<NumberedReply> {
    private static final Logger LOG = LoggerFactory.getLogger(RouterStream.class);

    /** An answer above this would not fit the message that routers take, with others next to it in the frame. */
    private static final int MAX_REPLY_BYTES = 60 << 20;

    private final DataService data;
    private final GroupClients clients;
    private final Link<RequestFrame, ReplyFrame> link;
    private final FrameQueue<NumberedReply> replies;
    // Of the link's thread.
    private boolean paused;

    RouterStream(DataService data, GroupClients clients, Link<RequestFrame, ReplyFrame> link) {
        this.data = data;
        this.clients = clients;
        this.link = link;
        replies = new FrameQueue<>(link.thread(), NumberedReply::getSerializedSize, this);
    }

    @Override
    public void ready() {
        replies.flush();
        if (paused) {
            paused = false;
            link.resume();
        }
    }

    @Override
    public void received(RequestFrame frame) {
        GroupClients.Together together = clients.together();
        for (NumberedRequest request : frame.getRequestsList()) {
            try {
                take(request, together);
            } catch (RuntimeException e) {
                // A fault of this software in one request must not end the stream of all. Nothing has been begun.
                LOG.error("a request could not be taken", e);
                refuse(request.getNumber(), ErrorCode.INTERNAL, "the request failed: " + e);
            }
        }
        together.begin();
        if (!paused && !link.isReady()) {
            paused = true;
            link.pause();
        }
    }

    private void take(NumberedRequest request, GroupClients.Together together) {
        long number = request.getNumber();
        switch (request.getRequestCase()) {
            case WRITE ->
                data.write(together, request.getWrite(), request.getTimeoutMillis(), reply -> answer(number, reply));
            case READ -> together.read(request.getRead(), request.getTimeoutMillis(), reply -> answer(number, reply));
            case CUT -> together.check(request.getCut(), request.getTimeoutMillis(), reply -> answer(number, reply));
            // Of a newer router.
            case REQUEST_NOT_SET ->
                refuse(number, ErrorCode.MALFORMED_REQUEST, "this server does not know such a request");
        }
    }

    private void refuse(long number, ErrorCode code, String text) {
        replies.add(NumberedReply.newBuilder()
                .setNumber(number)
                .setError(Answers.error(code, text))
                .build());
    }

    private void answer(long number, WriteReply reply) {
        replies.add(NumberedReply.newBuilder().setNumber(number).setWrite(reply).build());
    }

    private void answer(long number, ReadReply reply) {
        ReadReply fitting = reply.getSerializedSize() <= MAX_REPLY_BYTES
                ? reply
                : Answers.read(
                        ErrorCode.TOO_LARGE,
                        "the rows are more than " + MAX_REPLY_BYTES + " bytes; ask for fewer",
                        reply.getLeader());
        replies.add(
                NumberedReply.newBuilder().setNumber(number).setRead(fitting).build());
    }

    private void answer(long number, CutReply reply) {
        replies.add(NumberedReply.newBuilder().setNumber(number).setCut(reply).build());
    }

    @Override
    public boolean isReady() {
        return link.isReady();
    }

    @Override
    public void send(List<NumberedReply> frame) {
        link.send(ReplyFrame.newBuilder().addAllReplies(frame).build());
    }

    @Override
    public void ended(String reason) {
        LOG.debug("a router's link ended: {}", reason);
        // Answers to a router that is gone reach nobody.
        replies.removeIf(reply -> true);
    }
}
