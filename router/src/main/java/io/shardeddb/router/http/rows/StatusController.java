package io.shardeddb.router.http.rows;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.route.ReplicaRing;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Leaders;
import io.shardeddb.router.topology.Replica;
import io.shardeddb.router.topology.ServerEntry;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The assignment's looks at the cluster: /status, /rep, /home, /heartbeat. */
@Controller
@Produces(MediaType.APPLICATION_JSON)
final class StatusController {

    private static final BigInteger END = BigInteger.ONE.shiftLeft(63);

    private final LatestTopology topology;
    private final Leaders leaders;

    StatusController(LatestTopology topology, Leaders leaders) {
        this.topology = topology;
        this.leaders = leaders;
    }

    @Get("/status")
    HttpResponse<?> status() {
        Topology now = topology.current();
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeNumberField("N", now.servers().size());
            schema(json, now);
            json.writeArrayFieldStart("shards");
            for (ShardEntry shard : now.shards()) {
                shard(json, shard);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("servers");
            for (ServerEntry server : now.servers()) {
                json.writeArrayFieldStart(server.name());
                for (String shard : server.shards()) {
                    json.writeString(shard);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
            coordinator(json, now);
            json.writeEndObject();
        });
    }

    /** The SQL coordinator's members of the same answer: it knows one master, the leader of the first shard here. */
    private void coordinator(JsonGenerator json, Topology now) throws IOException {
        String master = now.shards().isEmpty() ? null : leader(now.shards().getFirst());
        json.writeStringField("current_master", master);
        json.writeBooleanField(
                "master_is_original",
                master != null
                        && now.shards()
                                .getFirst()
                                .replicas()
                                .getFirst()
                                .server()
                                .equals(master));
        json.writeArrayFieldStart("replicas");
        for (ServerEntry server : now.servers()) {
            json.writeString(server.name());
        }
        json.writeEndArray();
    }

    private static void schema(JsonGenerator json, Topology now) throws IOException {
        List<TableDefinition> tables = now.schema().tables();
        List<ColumnDefinition> columns =
                tables.isEmpty() ? List.of() : SeedTable.of(now).columns();
        json.writeObjectFieldStart("schema");
        json.writeArrayFieldStart("columns");
        for (ColumnDefinition column : columns) {
            json.writeString(column.name());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("dtypes");
        for (ColumnDefinition column : columns) {
            json.writeString(dtype(column.type()));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String dtype(ColumnType type) {
        return type.text();
    }

    private void shard(JsonGenerator json, ShardEntry shard) throws IOException {
        json.writeStartObject();
        json.writeNumberField("Stud_id_low", shard.interval().from());
        json.writeStringField("Shard_id", shard.name());
        json.writeNumberField("Shard_size", size(shard.interval()));
        String leader = leader(shard);
        if (leader != null) {
            json.writeStringField("primary_server", leader);
        }
        json.writeEndObject();
    }

    private static BigInteger size(Interval interval) {
        Long to = interval.to();
        return (to == null ? END : BigInteger.valueOf(to)).subtract(BigInteger.valueOf(interval.from()));
    }

    private @Nullable String leader(ShardEntry shard) {
        String address = leaders.addressOf(shard.group());
        return shard.replicas().stream()
                .filter(replica -> replica.address().equals(address))
                .map(Replica::server)
                .findFirst()
                .orElse(null);
    }

    /** The first assignment's list of servers. */
    @Get("/rep")
    HttpResponse<?> replicas() {
        List<ServerEntry> servers = topology.current().servers();
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("message");
            json.writeNumberField("N", servers.size());
            json.writeArrayFieldStart("replicas");
            for (ServerEntry server : servers) {
                json.writeString(server.name());
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeStringField("status", "successful");
            json.writeEndObject();
        });
    }

    /** Answered for one of the servers, as the first assignment's load balancer did. */
    @Get("/home")
    HttpResponse<?> home() {
        List<String> servers =
                topology.current().servers().stream().map(ServerEntry::name).toList();
        List<String> order = new ReplicaRing(servers, ignored -> 0)
                .order(java.util.concurrent.ThreadLocalRandom.current().nextLong());
        return SeedAnswers.message(
                "Hello from Server: " + (order.isEmpty() ? "router" : order.getFirst()), "successful");
    }

    @Get("/heartbeat")
    HttpResponse<?> heartbeat() {
        return HttpResponse.ok();
    }
}
