package io.shardeddb.documents.pipeline;

import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.memory.MemorySize;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.NullValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.ValueOrder;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Groups documents by a key. At the end it gives the groups on in the order of their keys. */
final class Grouping implements DocumentSink {

    private static final long ENTRY = 96;

    private final Stage.Group group;
    private final DocumentSink next;
    private final MemoryBudget budget;
    private final SortedMap<DocumentValue, Map<String, Accumulator>> groups = new TreeMap<>(ValueOrder.COMPARATOR);
    private long keyBytes;

    Grouping(Stage.Group group, DocumentSink next, MemoryBudget budget) {
        this.group = group;
        this.next = next;
        this.budget = budget;
    }

    @Override
    public boolean accept(ObjectValue document) {
        DocumentValue key = orNull(group.key().evaluate(document));
        Map<String, Accumulator> accumulators = groups.get(key);
        if (accumulators == null) {
            long bytes = ENTRY + MemorySize.of(key) + ENTRY * group.members().size();
            budget.take(bytes, "a group");
            keyBytes += bytes;
            accumulators = new TreeMap<>();
            for (Map.Entry<String, Stage.Accumulation> member : group.members().entrySet()) {
                accumulators.put(
                        member.getKey(), Accumulator.of(member.getValue().accumulator()));
            }
            groups.put(key, accumulators);
        }
        for (Map.Entry<String, Accumulator> accumulator : accumulators.entrySet()) {
            Stage.Accumulation accumulation = group.members().get(accumulator.getKey());
            if (accumulation != null) {
                accumulator.getValue().add(accumulation.value().evaluate(document), budget);
            }
        }
        return true;
    }

    @Override
    public void end() {
        boolean more = true;
        while (more && !groups.isEmpty()) {
            Map.Entry<DocumentValue, Map<String, Accumulator>> first = groups.firstEntry();
            more = next.accept(document(first.getKey(), first.getValue()));
            groups.remove(first.getKey());
        }
        groups.clear();
        budget.giveBack(keyBytes);
        next.end();
    }

    private ObjectValue document(DocumentValue key, Map<String, Accumulator> accumulators) {
        SortedMap<String, DocumentValue> members = new TreeMap<>();
        members.put(DocumentId.NAME, key);
        accumulators.forEach((name, accumulator) -> {
            members.put(name, accumulator.result(group.spot().member(name)));
            budget.giveBack(accumulator.bytes());
        });
        return new ObjectValue(members);
    }

    private static DocumentValue orNull(@Nullable DocumentValue value) {
        return value == null ? NullValue.NULL : value;
    }
}
