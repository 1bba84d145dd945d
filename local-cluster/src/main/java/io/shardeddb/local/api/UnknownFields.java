package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.schema.FieldError;
import io.shardeddb.local.schema.ModelFields;
import io.shardeddb.local.store.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Fields that a kind does not have: they are taken out, and the writer is told. */
final class UnknownFields {
    private UnknownFields() {}

    /** Takes them out of an object, in place; warns or refuses as the options say. */
    static void drop(Kind kind, ObjectNode object, WriteOptions options) {
        boolean trusted = options.unknownFields() == FieldValidation.TRUST;
        List<String> dropped = trusted && kind.custom() == null ? List.of() : drop(kind, object);
        if (dropped.isEmpty()) {
            return;
        }
        if (options.unknownFields() == FieldValidation.WARN) {
            dropped.forEach(field -> options.warnings().add(unknown(field)));
        } else if (options.unknownFields() == FieldValidation.STRICT) {
            String error = "strict decoding error: "
                    + dropped.stream().map(UnknownFields::unknown).collect(Collectors.joining(", "));
            throw options.patch()
                    ? ApiException.invalidPatch(
                            new FieldError("FieldValueInvalid", "patch", "Invalid value: \"" + object + "\": " + error))
                    : ApiException.badRequest(kind.kind() + " in version \"" + kind.version()
                            + "\" cannot be handled as a " + kind.kind() + ": " + error);
        }
    }

    private static String unknown(String field) {
        return "unknown field \"" + field + "\"";
    }

    private static List<String> drop(Kind kind, ObjectNode object) {
        Kind.Custom custom = kind.custom();
        if (custom == null) {
            return ModelFields.prune(kind.group(), kind.version(), kind.kind(), object);
        }
        List<String> dropped = new ArrayList<>(ModelFields.pruneMetadata(object));
        dropped.addAll(custom.schema().prune(object));
        return dropped;
    }

    /** Refuses a configuration that names fields which the kind does not have: nobody could own them. */
    static void refuseInApply(Kind kind, ObjectKey key, ObjectNode config) {
        List<String> errors = drop(kind, config.deepCopy()).stream()
                .map(field -> "." + field + ": field not declared in schema")
                .toList();
        if (!errors.isEmpty()) {
            throw ApiException.untyped("failed to create typed patch object ("
                    + (key.namespace().isEmpty() ? "" : key.namespace()) + "/" + key.name() + "; " + kind.apiVersion()
                    + ", Kind=" + kind.kind() + "): "
                    + (errors.size() == 1 ? errors.getFirst() : "errors:\n  " + String.join("\n  ", errors)));
        }
    }
}
