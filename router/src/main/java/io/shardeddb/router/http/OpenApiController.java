package io.shardeddb.router.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The description of all endpoints. */
@Controller
final class OpenApiController {

    /** The document. */
    @Get("/openapi.yaml")
    @Produces("application/yaml")
    HttpResponse<byte[]> document() {
        try (InputStream in =
                Objects.requireNonNull(OpenApiController.class.getResourceAsStream("/openapi.yaml"), "openapi.yaml")) {
            return HttpResponse.ok(in.readAllBytes()).contentType(MediaType.of("application/yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
