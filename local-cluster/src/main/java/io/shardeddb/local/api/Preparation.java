package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.schema.FieldError;
import io.shardeddb.local.tree.Meta;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happens to every object before it is stored: unknown fields go, defaults come, rules and policies are checked.
 */
public final class Preparation {
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern PATH_SEGMENT = Pattern.compile("[^/%]+");

    private final Supplier<String> freeAddress;
    private final AdmissionPolicies policies;

    /**
     * Makes the preparation.
     *
     * @param freeAddress gives an address for a Service
     * @param policies hold for what service accounts write
     */
    public Preparation(Supplier<String> freeAddress, AdmissionPolicies policies) {
        this.freeAddress = freeAddress;
        this.policies = policies;
    }

    /**
     * Prepares an object, in place.
     *
     * @param old the object as stored, null when it is new
     */
    void prepare(Kind kind, ObjectNode object, @Nullable ObjectNode old, WriteOptions options) {
        List<FieldError> errors = new ArrayList<>();
        if (old == null) {
            checkName(kind, Meta.name(object), errors);
        }
        Kind.Custom custom = kind.custom();
        UnknownFields.drop(kind, object, options);
        if (custom == null) {
            BuiltInDefaults.set(kind, object, old, freeAddress);
            BuiltInRules.check(kind, object, old, errors);
        } else {
            custom.schema().setDefaults(object);
            errors.addAll(custom.schema().validate(object, old));
        }
        if (!errors.isEmpty()) {
            throw ApiException.invalid(kind, Meta.name(object), errors);
        }
        if (!options.user().isEmpty()) {
            admit(kind, object, old, options);
        }
    }

    private void admit(Kind kind, ObjectNode object, @Nullable ObjectNode old, WriteOptions options) {
        String subresource = options.subresource();
        policies.refusal(new AdmissionPolicies.Attempt(
                        options.user(),
                        old == null ? "CREATE" : "UPDATE",
                        kind.group(),
                        kind.plural() + (subresource.isEmpty() ? "" : "/" + subresource),
                        Meta.namespace(object),
                        Meta.name(object),
                        object,
                        old))
                .ifPresent(why -> {
                    throw ApiException.forbidden(kind, Meta.name(object), why);
                });
    }

    private static void checkName(Kind kind, String name, List<FieldError> errors) {
        boolean label = kind.resource().equals("namespaces") || kind.resource().equals("services");
        boolean free = kind.group().equals("rbac.authorization.k8s.io");
        Pattern allowed = label ? LABEL : free ? PATH_SEGMENT : SUBDOMAIN;
        int longest = label ? 63 : 253;
        if (name.length() > longest || !allowed.matcher(name).matches()) {
            errors.add(new FieldError(
                    "FieldValueInvalid",
                    "metadata.name",
                    "Invalid value: \"" + name + "\": a name has at most " + longest + " characters and must match "
                            + allowed.pattern()));
        }
    }
}
