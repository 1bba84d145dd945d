package io.shardeddb.local.schema;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields that built-in kinds have. They are read off the model classes of the Kubernetes client, which are made of
 * the API's own descriptions: no table of hundreds of types has to be kept.
 */
public final class ModelFields {
    private static final String MODEL = "io.fabric8.kubernetes.api.model.";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Map<Class<?>, Optional<Map<String, JavaType>>> KNOWN = new ConcurrentHashMap<>();
    private static final JavaType METADATA = MAPPER.constructType(ObjectMeta.class);

    private ModelFields() {}

    /**
     * The model class of a built-in kind, or null; by name, because the client's own registry takes a second to fill.
     */
    static @Nullable Class<?> model(String group, String version, String kind) {
        String folder = group.isEmpty() ? "" : group.split("\\.", -1)[0] + ".";
        Class<?> versioned = classOf(MODEL + folder + version + "." + kind);
        return versioned == null ? classOf(MODEL + folder + kind) : versioned;
    }

    private static @Nullable Class<?> classOf(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    /**
     * Drops the fields that a built-in kind does not have, in place. A kind without a model keeps all.
     *
     * @return the paths that were dropped
     */
    public static List<String> prune(String group, String version, String kind, ObjectNode object) {
        List<String> dropped = new ArrayList<>();
        Class<?> model = model(group, version, kind);
        if (model != null) {
            prune(object, MAPPER.constructType(model), "", dropped);
        }
        return dropped;
    }

    /**
     * Drops the fields that {@code metadata} does not have, in place; it is the same for all kinds.
     *
     * @return the paths that were dropped
     */
    public static List<String> pruneMetadata(ObjectNode object) {
        List<String> dropped = new ArrayList<>();
        prune(object.path("metadata"), METADATA, "metadata", dropped);
        return dropped;
    }

    private static void prune(JsonNode value, JavaType type, String path, List<String> dropped) {
        if (value instanceof ArrayNode list && type.isCollectionLikeType()) {
            for (int i = 0; i < list.size(); i++) {
                prune(list.get(i), type.getContentType(), path + "[" + i + "]", dropped);
            }
        } else if (value instanceof ObjectNode object && type.isMapLikeType()) {
            object.properties()
                    .forEach(e -> prune(e.getValue(), type.getContentType(), path + "." + e.getKey(), dropped));
        } else if (value instanceof ObjectNode object) {
            Map<String, JavaType> fields = fields(type.getRawClass());
            if (fields == null) {
                return;
            }
            for (String name :
                    object.properties().stream().map(Map.Entry::getKey).toList()) {
                String below = path.isEmpty() ? name : path + "." + name;
                JavaType field = fields.get(name);
                if (field == null) {
                    object.remove(name);
                    dropped.add(below);
                } else {
                    prune(object.path(name), field, below, dropped);
                }
            }
        }
    }

    /** The fields of a model class, or null when it takes anything: values, and forms with a reader of their own. */
    private static @Nullable Map<String, JavaType> fields(Class<?> model) {
        return KNOWN.computeIfAbsent(model, ModelFields::read).orElse(null);
    }

    private static Optional<Map<String, JavaType>> read(Class<?> model) {
        JsonDeserialize reader = model.getAnnotation(JsonDeserialize.class);
        boolean ownReader = reader != null && reader.using() != JsonDeserializer.None.class;
        if (!model.getName().startsWith(MODEL) || Modifier.isAbstract(model.getModifiers()) || ownReader) {
            return Optional.empty();
        }
        BeanDescription description = MAPPER.getDeserializationConfig().introspect(MAPPER.constructType(model));
        Map<String, JavaType> fields = new HashMap<>();
        for (BeanPropertyDefinition property : description.findProperties()) {
            fields.put(property.getName(), property.getPrimaryType());
        }
        return fields.isEmpty() ? Optional.empty() : Optional.of(Map.copyOf(fields));
    }
}
