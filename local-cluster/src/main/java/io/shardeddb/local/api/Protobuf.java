package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the few kinds that command line tools send in the binary form, as in {@code kubectl create secret} and Helm's
 * records of its releases. Answers are JSON always, which these clients accept too.
 */
final class Protobuf {
    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final Map<String, Map<Integer, Field>> MESSAGES = messages();
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private Protobuf() {}

    private record Field(String name, String type) {}

    /** A body that is not what it should be. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /**
     * Reads an object.
     *
     * @return null when its kind is not one of those that are known
     */
    static @Nullable ObjectNode read(byte[] body) throws Malformed {
        if (body.length < MAGIC.length || !Arrays.equals(body, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new Malformed("the body does not begin with the magic bytes");
        }
        String apiVersion = "";
        String kind = "";
        ByteBuffer raw = ByteBuffer.allocate(0);
        ByteBuffer envelope = ByteBuffer.wrap(body, MAGIC.length, body.length - MAGIC.length);
        while (envelope.hasRemaining()) {
            long tag = varint(envelope);
            ByteBuffer content = delimited(envelope, (int) tag & 7);
            switch ((int) (tag >>> 3)) {
                case 1 -> {
                    while (content.hasRemaining()) {
                        long inner = varint(content);
                        String text = text(delimited(content, (int) inner & 7));
                        if (inner >>> 3 == 1) {
                            apiVersion = text;
                        } else {
                            kind = text;
                        }
                    }
                }
                case 2 -> raw = content;
                default -> {
                    // Encoding and type of the content, which are empty.
                }
            }
        }
        if (!MESSAGES.containsKey(kind)) {
            return null;
        }
        ObjectNode object = Tree.object();
        object.put("apiVersion", apiVersion);
        object.put("kind", kind);
        message(raw, kind, object);
        return object;
    }

    private static void message(ByteBuffer in, String name, ObjectNode into) throws Malformed {
        Map<Integer, Field> fields = MESSAGES.getOrDefault(name, Map.of());
        while (in.hasRemaining()) {
            long tag = varint(in);
            int wire = (int) tag & 7;
            Field field = fields.get((int) (tag >>> 3));
            if (wire == VARINT) {
                long number = varint(in);
                if (field != null && field.type.equals("bool")) {
                    into.put(field.name, number != 0);
                } else if (field != null && number != 0) {
                    into.put(field.name, number);
                }
            } else if (wire == FIXED64 || wire == FIXED32) {
                skip(in, wire == FIXED64 ? 8 : 4);
            } else {
                ByteBuffer content = delimited(in, wire);
                if (field != null) {
                    set(into, field, content);
                }
            }
        }
    }

    private static void set(ObjectNode into, Field field, ByteBuffer content) throws Malformed {
        switch (field.type) {
            case "text" -> {
                if (content.hasRemaining()) {
                    into.put(field.name, text(content));
                }
            }
            case "texts" -> into.withArrayProperty(field.name).add(text(content));
            case "map" -> entry(into.withObjectProperty(field.name), content, false);
            case "bytemap" -> entry(into.withObjectProperty(field.name), content, true);
            default -> {
                boolean list = field.type.endsWith("[]");
                ObjectNode child = Tree.object();
                message(content, list ? field.type.substring(0, field.type.length() - 2) : field.type, child);
                if (list) {
                    into.withArrayProperty(field.name).add(child);
                } else if (!child.isEmpty()) {
                    into.set(field.name, child);
                }
            }
        }
    }

    private static void entry(ObjectNode map, ByteBuffer content, boolean binary) throws Malformed {
        String key = "";
        ByteBuffer value = ByteBuffer.allocate(0);
        while (content.hasRemaining()) {
            long tag = varint(content);
            ByteBuffer part = delimited(content, (int) tag & 7);
            if (tag >>> 3 == 1) {
                key = text(part);
            } else {
                value = part;
            }
        }
        if (binary) {
            map.put(key, bytes(value));
        } else {
            map.put(key, text(value));
        }
    }

    private static ByteBuffer delimited(ByteBuffer in, int wire) throws Malformed {
        if (wire != LENGTH_DELIMITED) {
            throw new Malformed("wire type " + wire + " where bytes are expected");
        }
        long length = varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new Malformed("a field is longer than the body");
        }
        ByteBuffer content = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return content;
    }

    private static void skip(ByteBuffer in, int bytes) throws Malformed {
        if (bytes > in.remaining()) {
            throw new Malformed("a field is longer than the body");
        }
        in.position(in.position() + bytes);
    }

    private static long varint(ByteBuffer in) throws Malformed {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!in.hasRemaining()) {
                throw new Malformed("the body ends within a number");
            }
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new Malformed("a number is too long");
    }

    private static String text(ByteBuffer content) {
        return StandardCharsets.UTF_8.decode(content).toString();
    }

    private static byte[] bytes(ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    private static Map<String, Map<Integer, Field>> messages() {
        Map<String, Map<Integer, Field>> messages = new HashMap<>();
        try (InputStream in = Protobuf.class.getResourceAsStream("protobuf-fields.txt")) {
            if (in == null) {
                throw new IllegalStateException("protobuf-fields.txt is missing");
            }
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] words = line.split(" ", -1);
                    messages.computeIfAbsent(words[0], m -> new HashMap<>())
                            .put(Integer.valueOf(words[1]), new Field(words[2], words[3]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages;
    }
}
