package io.shardeddb.consensus;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The configurations of a log from its marker on, so that removing entries brings the earlier one back.
 */
final class ConfigurationHistory {
    private final List<Effects.CommittedConfiguration> known = new ArrayList<>();

    ConfigurationHistory(SnapshotMarker marker, List<LogEntry> entries) {
        reset(marker);
        for (LogEntry entry : entries) {
            append(entry);
        }
    }

    void reset(SnapshotMarker marker) {
        known.clear();
        known.add(new Effects.CommittedConfiguration(marker.configurationIndex(), marker.configuration()));
    }

    /** Takes note of the entry if it has a configuration. Returns whether it had. */
    boolean append(LogEntry entry) {
        if (entry.payload() instanceof Payload.Membership membership) {
            known.add(new Effects.CommittedConfiguration(entry.index(), membership.configuration()));
            return true;
        }
        return false;
    }

    /** Forgets configurations from this index on. Returns whether there were any. */
    boolean truncateFrom(long index) {
        boolean changed = false;
        while (known.size() > 1 && known.getLast().index() >= index) {
            known.removeLast();
            changed = true;
        }
        return changed;
    }

    /** Forgets what lies before the configuration in force at the index. */
    void purge(long index) {
        while (known.size() > 1 && known.get(1).index() <= index) {
            known.removeFirst();
        }
    }

    /**
     * The log begins at the marker from now on and keeps what follows. A new member may not have known the first one.
     */
    void rebase(SnapshotMarker marker) {
        purge(marker.index());
        known.set(0, new Effects.CommittedConfiguration(marker.configurationIndex(), marker.configuration()));
    }

    /** The last one, committed or not. */
    Effects.CommittedConfiguration latest() {
        return known.getLast();
    }

    /** The one in force at an index that the log or its marker contains. */
    Effects.CommittedConfiguration at(long index) {
        for (int i = known.size() - 1; i > 0; i--) {
            if (known.get(i).index() <= index) {
                return known.get(i);
            }
        }
        return known.getFirst();
    }

    /**
     * Whether a configuration is so that is in force at an index or comes after it: those that may still be the
     * committed one, as far as is known.
     */
    boolean sinceCommitted(long index, Predicate<Configuration> isSo) {
        for (int i = known.size() - 1; i >= 0; i--) {
            if (isSo.test(known.get(i).configuration())) {
                return true;
            }
            if (known.get(i).index() <= index) {
                return false;
            }
        }
        return false;
    }

    /** Those with an index in (after, upTo], ascending. */
    List<Effects.CommittedConfiguration> between(long after, long upTo) {
        if (known.getLast().index() <= after) {
            return List.of();
        }
        return known.stream()
                .filter(each -> each.index() > after && each.index() <= upTo)
                .toList();
    }
}
