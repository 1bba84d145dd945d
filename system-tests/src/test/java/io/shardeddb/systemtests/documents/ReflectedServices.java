package io.shardeddb.systemtests.documents;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that knows nothing of a server but its address. What services it has, and what their messages look like, it
 * learns by reflection, as tools like grpcurl do. No generated class of the services is used.
 */
final class ReflectedServices implements AutoCloseable {

    private static final int SECONDS = 60;

    private final ManagedChannel channel;
    private final Map<String, FileDescriptor> files = new HashMap<>();

    /** @param address host:port */
    ReflectedServices(String address) {
        channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
    }

    private ServerReflectionResponse ask(ServerReflectionRequest request) {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> asked = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        // The answer came before.
                    }
                });
        asked.onNext(request);
        ServerReflectionResponse response =
                answer.orTimeout(SECONDS, TimeUnit.SECONDS).join();
        asked.onCompleted();
        return response;
    }

    /** The names of all services. */
    List<String> names() {
        return ask(ServerReflectionRequest.newBuilder().setListServices("").build())
                .getListServicesResponse()
                .getServiceList()
                .stream()
                .map(ServiceResponse::getName)
                .toList();
    }

    private ServiceDescriptor service(String name) {
        Map<String, FileDescriptorProto> told = new HashMap<>();
        ServerReflectionRequest request = ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol(name)
                .build();
        for (ByteString file : ask(request).getFileDescriptorResponse().getFileDescriptorProtoList()) {
            try {
                FileDescriptorProto parsed = FileDescriptorProto.parseFrom(file);
                told.put(parsed.getName(), parsed);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }
        String simple = name.substring(name.lastIndexOf('.') + 1);
        for (String file : told.keySet()) {
            ServiceDescriptor found = built(file, told).findServiceByName(simple);
            if (found != null && found.getFullName().equals(name)) {
                return found;
            }
        }
        throw new IllegalArgumentException("reflection tells of no service " + name);
    }

    private FileDescriptor built(String name, Map<String, FileDescriptorProto> told) {
        @Nullable FileDescriptor known = files.get(name);
        @Nullable FileDescriptorProto proto = told.get(name);
        if (known != null || proto == null) {
            if (known == null) {
                throw new IllegalStateException("reflection does not tell file " + name);
            }
            return known;
        }
        List<FileDescriptor> needed = new ArrayList<>();
        proto.getDependencyList().forEach(each -> needed.add(built(each, told)));
        try {
            FileDescriptor built = FileDescriptor.buildFrom(proto, needed.toArray(FileDescriptor[]::new));
            files.put(name, built);
            return built;
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Calls a method.
     *
     * @param service its full name
     * @param request in protobuf's text format
     * @return the answers; one, unless the method streams
     */
    List<DynamicMessage> call(String service, String method, String request) {
        var found = service(service).findMethodByName(method);
        if (found == null) {
            throw new IllegalArgumentException(service + " has no method " + method);
        }
        MethodDescriptor<DynamicMessage, DynamicMessage> called =
                MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                        .setType(
                                found.isServerStreaming()
                                        ? MethodDescriptor.MethodType.SERVER_STREAMING
                                        : MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
                        .setRequestMarshaller(marshaller(found.getInputType()))
                        .setResponseMarshaller(marshaller(found.getOutputType()))
                        .build();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
        DynamicMessage message = message(found.getInputType(), request);
        if (!found.isServerStreaming()) {
            return List.of(ClientCalls.blockingUnaryCall(channel, called, options, message));
        }
        List<DynamicMessage> answers = new ArrayList<>();
        Iterator<DynamicMessage> replies = ClientCalls.blockingServerStreamingCall(channel, called, options, message);
        replies.forEachRemaining(answers::add);
        return answers;
    }

    private static MethodDescriptor.Marshaller<DynamicMessage> marshaller(Descriptor type) {
        return ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(type));
    }

    private static DynamicMessage message(Descriptor type, String text) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        try {
            TextFormat.merge(text, message);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
        return message.build();
    }

    /** A field of an answer; the elements of one that is repeated. */
    static Object field(DynamicMessage message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    @Override
    public void close() {
        var _ = channel.shutdownNow();
    }
}
