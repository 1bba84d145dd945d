package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.api.Selector;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps the status of PodDisruptionBudgets, which evictions look at. */
public final class DisruptionBudgets implements ControlLoop.Reconciler {
    private static final String RESOURCE = "poddisruptionbudgets.policy";

    private final Objects objects;

    private DisruptionBudgets(Objects objects) {
        this.objects = objects;
    }

    /** Starts the controller. */
    public static ControlLoop start(Objects objects) {
        DisruptionBudgets budgets = new DisruptionBudgets(objects.as("disruption-controller"));
        return ControlLoop.start("disruption-budgets", objects.store(), budgets::concerns, budgets);
    }

    private Set<ObjectKey> concerns(Event event) {
        Set<ObjectKey> keys = new LinkedHashSet<>(Keys.self(event, RESOURCE));
        if (event.key().resource().equals(Pods.RESOURCE)) {
            for (ObjectNode budget : objects.list(RESOURCE, event.key().namespace())) {
                if (Selector.ofObject(Tree.at(budget, "spec", "selector")).test(event.object())) {
                    keys.add(new ObjectKey(RESOURCE, event.key().namespace(), Meta.name(budget)));
                }
            }
        }
        return keys;
    }

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        ObjectNode budget = objects.get(RESOURCE, key.namespace(), key.name());
        if (budget == null) {
            return null;
        }
        JsonNode spec = budget.path("spec");
        List<ObjectNode> pods = objects.list(Pods.RESOURCE, key.namespace()).stream()
                .filter(Selector.ofObject(spec.path("selector")))
                .toList();
        int expected = pods.size();
        int healthy = (int)
                pods.stream().filter(p -> Pods.ready(p) && !Meta.deleting(p)).count();
        int desired = spec.has("maxUnavailable")
                ? expected - scaled(spec.path("maxUnavailable"), expected)
                : scaled(spec.path("minAvailable"), expected);
        objects.changeStatus(budget, RESOURCE, object -> {
            ObjectNode status = Tree.child(object, "status");
            status.put(
                    "observedGeneration",
                    Tree.at(budget, "metadata", "generation").asLong());
            status.put("expectedPods", expected);
            status.put("currentHealthy", healthy);
            status.put("desiredHealthy", Math.max(0, desired));
            status.put("disruptionsAllowed", Math.max(0, healthy - Math.max(0, desired)));
            return object;
        });
        return null;
    }

    private static int scaled(JsonNode value, int whole) {
        String text = value.asText();
        return text.endsWith("%")
                ? (int) Math.ceil(whole * Integer.parseInt(text.substring(0, text.length() - 1)) / 100.0)
                : value.asInt(0);
    }
}
