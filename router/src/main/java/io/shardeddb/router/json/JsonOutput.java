package io.shardeddb.router.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** JSON into memory. */
public final class JsonOutput {

    private JsonOutput() {}

    /** Writes one document. */
    @FunctionalInterface
    public interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    /** The bytes of what is written, in UTF-8. */
    public static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = generator(bytes)) {
            writing.write(json);
        } catch (IOException e) {
            // Memory does not fail with an IOException: only a fault in the writing itself comes here.
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A generator that leaves the stream open at its end. */
    public static JsonGenerator generator(OutputStream out) throws IOException {
        return JsonInput.FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }
}
