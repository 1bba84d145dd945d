package io.shardeddb.cli.verify.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.verify.check.Anomaly;
import io.shardeddb.cli.verify.check.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Money moves between accounts, which are on several shards. Each transfer is done as a whole or not at all, once. So
 * every account has in the end exactly what its transfers say. A transfer of unknown outcome is repeated under its id
 * then, which tells.
 */
final class AccountTransfers implements Workload {

    private static final String PATH = "/v1/tables/verify_accounts/batch";
    private static final int ACCOUNTS = 24;
    private static final long FIRST_BALANCE = 100;

    /** One step in so many reads all accounts. */
    private static final int READS_ONE_IN = 6;

    /** So many reads are told of at most. */
    private static final int MOST_TORN = 5;

    private final long first;
    /** What the transfers that are done have moved to each account. */
    private final Map<Long, Long> moved = new ConcurrentHashMap<>();

    private final Queue<Transfer> unknown = new ConcurrentLinkedQueue<>();
    private final Queue<String> torn = new ConcurrentLinkedQueue<>();

    AccountTransfers(long first) {
        this.first = first;
    }

    private record Transfer(String id, long from, long to, long amount, String answer) {
        ObjectNode body() {
            ObjectNode body = Json.object();
            ArrayNode operations = body.putArray("operations");
            add(operations, from, -amount).put("min", 0);
            add(operations, to, amount);
            return body;
        }

        private static ObjectNode add(ArrayNode operations, long account, long amount) {
            ObjectNode operation = operations.addObject();
            operation.putObject("update").put("id", account);
            return operation.putObject("set").putObject("balance").put("add", amount);
        }

        String line() {
            return id + " moved " + amount + " from " + from + " to " + to + ": " + answer;
        }
    }

    @Override
    public void prepare(VerifyClient client) throws InterruptedException {
        ArrayNode rows = Json.MAPPER.createArrayNode();
        for (long id = first; id < first + ACCOUNTS; id++) {
            rows.addObject().put("id", id).put("balance", FIRST_BALANCE);
        }
        Prepared.require(client.settle("PUT", "/v1/tables/verify_accounts/rows", rows, client.newId()));
    }

    @Override
    public void step(VerifyClient client) throws InterruptedException {
        if (client.random().nextInt(READS_ONE_IN) == 0) {
            client.range("verify_accounts", first, first + ACCOUNTS - 1).ifPresent(this::read);
            return;
        }
        int from = client.random().nextInt(ACCOUNTS);
        int to = (from + 1 + client.random().nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        Transfer transfer =
                new Transfer("", first + from, first + to, 1L + client.random().nextInt(9), "");
        VerifyClient.Write write = client.write("POST", PATH, transfer.body());
        note(transfer, write);
    }

    /** A read sees each transfer whole or not at all. */
    private void read(List<JsonNode> accounts) {
        long total = accounts.stream()
                .mapToLong(account -> account.path("balance").asLong())
                .sum();
        if ((total != ACCOUNTS * FIRST_BALANCE || accounts.size() != ACCOUNTS) && torn.size() < MOST_TORN) {
            torn.add("a read of " + accounts.size() + " accounts found " + total + ": " + accounts);
        }
    }

    private void note(Transfer transfer, VerifyClient.Write write) {
        Transfer told = new Transfer(
                write.id(),
                transfer.from(),
                transfer.to(),
                transfer.amount(),
                write.outcome() + " " + write.answer().status());
        if (write.outcome() == Outcome.DONE) {
            moved.merge(told.from(), -told.amount(), Long::sum);
            moved.merge(told.to(), told.amount(), Long::sum);
        } else if (write.outcome() == Outcome.UNKNOWN) {
            unknown.add(told);
        }
    }

    @Override
    public List<Anomaly> judge(VerifyClient client, Consumer<String> said) throws InterruptedException {
        if (!torn.isEmpty()) {
            return List.of(new Anomaly("a read sees each transfer whole or not at all", List.copyOf(torn)));
        }
        List<Transfer> open = List.copyOf(unknown);
        unknown.clear();
        for (Transfer each : open) {
            note(each, client.settle("POST", PATH, each.body(), each.id()));
        }
        if (!unknown.isEmpty()) {
            return List.of(new Anomaly(
                    "a repeat under its id tells whether a write happened",
                    unknown.stream().map(Transfer::line).toList()));
        }
        Map<Long, Long> balances = new TreeMap<>();
        for (long id = first; id < first + ACCOUNTS; id++) {
            balances.put(
                    id,
                    Prepared.row(client, "verify_accounts", id).path("balance").asLong());
        }
        return judge(balances);
    }

    private List<Anomaly> judge(Map<Long, Long> balances) {
        List<String> wrong = new ArrayList<>();
        balances.forEach((id, found) -> {
            long expected = FIRST_BALANCE + moved.getOrDefault(id, 0L);
            if (found != expected) {
                wrong.add("account " + id + " has " + found + ", and its transfers say " + expected);
            }
        });
        return wrong.isEmpty()
                ? List.of()
                : List.of(new Anomaly("each transfer is done as a whole or not at all, once", wrong));
    }
}
