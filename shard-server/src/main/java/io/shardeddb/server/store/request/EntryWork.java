package io.shardeddb.server.store.request;

import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.FailedOperation;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.RequestRecords;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One entry on its way through a transaction. */
public final class EntryWork {

    private final CommittedEntry entry;
    private final List<RequestWork> requests = new ArrayList<>();
    private @Nullable ErrorDetail error;

    public EntryWork(CommittedEntry entry) {
        this.entry = entry;
    }

    /** The verdicts that are known of entries or stand among them. */
    public static Map<BatchPreparation.Target, Verdict> verdicts(List<CommittedEntry> entries) {
        Map<BatchPreparation.Target, Verdict> verdicts = new HashMap<>();
        for (CommittedEntry entry : entries) {
            LoggedCommand command = entry.command();
            entry.verdicts().forEach(verdict -> add(verdicts, verdict));
            if (command != null && command.hasVerdict()) {
                add(verdicts, command.getVerdict());
            }
        }
        return verdicts;
    }

    private static void add(Map<BatchPreparation.Target, Verdict> verdicts, Verdict verdict) {
        verdicts.putIfAbsent(new BatchPreparation.Target(verdict.getEntry(), verdict.getRequest()), verdict);
    }

    public CommittedEntry entry() {
        return entry;
    }

    /** Whether it asks for checksums of the tables as it leaves them. */
    public boolean isMark() {
        LoggedCommand command = entry.command();
        return command != null && command.hasChecksum();
    }

    public List<RequestWork> requests() {
        return requests;
    }

    void add(RequestWork work) {
        requests.add(work);
    }

    public void refused(ErrorDetail reason) {
        error = reason;
    }

    public EntryOutcome outcome(List<TableChecksum> checksums) {
        List<WriteReply> replies = requests.stream().map(RequestWork::reply).toList();
        return new EntryOutcome(entry.index(), replies, checksums, error);
    }

    /** The records to keep; empty when there are none. */
    public RequestRecords records() {
        RequestRecords.Builder records = RequestRecords.newBuilder();
        for (RequestWork work : requests) {
            if (work.remembered()) {
                records.addRecords(work.record());
            }
        }
        return records.build();
    }

    /** Takes the entry's results into the running hash. */
    public long hashInto(long stateHash) {
        long hash = mix(stateHash, entry.index());
        if (error != null) {
            hash = mix(hash, error.getCode().hashCode());
        }
        for (RequestWork work : requests) {
            WriteReply reply = work.reply();
            hash = mix(hash, reply.hasError() ? reply.getError().getCode().hashCode() : 0);
            for (int count : reply.getAffectedList()) {
                hash = mix(hash, count);
            }
            for (FailedOperation failed : reply.getFailedList()) {
                hash = mix(
                        mix(hash, failed.getOperation()),
                        failed.getError().getCode().hashCode());
            }
        }
        return hash;
    }

    // The finaliser of splitmix64 (Steele, Lea, Flood 2014), chained.
    private static long mix(long hash, long value) {
        long z = hash * 31 + value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
