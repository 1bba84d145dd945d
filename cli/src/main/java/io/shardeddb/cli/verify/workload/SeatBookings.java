package io.shardeddb.cli.verify.workload;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.verify.check.Anomaly;
import io.shardeddb.cli.verify.check.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Seats of flights are booked and given back. A booking is a row of its own, and one free seat less, in one request
 * over two tables. So no flight has a booking too many, and what was acknowledged is there.
 */
final class SeatBookings implements Workload {

    private static final String PATH = "/v1/batch";
    private static final int FLIGHTS = 6;
    private static final long SEATS = 25;

    private final long first;
    private final AtomicLong next;
    private final Queue<Booking> held = new ConcurrentLinkedQueue<>();
    private final Map<Long, Booking> known = new ConcurrentHashMap<>();
    private final Queue<Open> open = new ConcurrentLinkedQueue<>();

    SeatBookings(long first) {
        this.first = first;
        next = new AtomicLong(first);
    }

    private record Booking(long id, long flight) {}

    /** A request of unknown outcome. */
    private record Open(String request, Booking booking, boolean books) {}

    private static ObjectNode body(Booking booking, boolean books) {
        ObjectNode body = Json.object();
        ArrayNode operations = body.putArray("operations");
        ObjectNode row = operations.addObject().put("table", "verify_bookings");
        if (books) {
            row.putObject("insert").put("id", booking.id()).put("flight", booking.flight());
        } else {
            row.putObject("delete").put("id", booking.id());
            row.putObject("if").put("present", true);
        }
        ObjectNode flight = operations.addObject().put("table", "verify_flights");
        flight.putObject("update").put("id", booking.flight());
        ObjectNode addition = flight.putObject("set").putObject("free");
        addition.put("add", books ? -1 : 1).put("min", 0).put("max", SEATS);
        return body;
    }

    @Override
    public void prepare(VerifyClient client) throws InterruptedException {
        ArrayNode rows = Json.MAPPER.createArrayNode();
        for (long id = first; id < first + FLIGHTS; id++) {
            rows.addObject().put("id", id).put("free", SEATS);
        }
        Prepared.require(client.settle("PUT", "/v1/tables/verify_flights/rows", rows, client.newId()));
    }

    @Override
    public void step(VerifyClient client) throws InterruptedException {
        Booking given = client.random().nextInt(5) < 2 ? held.poll() : null;
        boolean books = given == null;
        Booking booking = given == null
                ? new Booking(next.getAndIncrement(), first + client.random().nextInt(FLIGHTS))
                : given;
        note(booking, books, client.write("POST", PATH, body(booking, books)));
    }

    private void note(Booking booking, boolean books, VerifyClient.Write write) {
        if (write.outcome() == Outcome.UNKNOWN) {
            open.add(new Open(write.id(), booking, books));
        } else if (books == (write.outcome() == Outcome.DONE)) {
            known.put(booking.id(), booking);
            held.add(booking);
        } else {
            known.remove(booking.id());
        }
    }

    @Override
    public List<Anomaly> judge(VerifyClient client, Consumer<String> said) throws InterruptedException {
        List<Open> asked = List.copyOf(open);
        open.clear();
        for (Open each : asked) {
            note(
                    each.booking(),
                    each.books(),
                    client.settle("POST", PATH, body(each.booking(), each.books()), each.request()));
        }
        if (!open.isEmpty()) {
            return List.of(new Anomaly(
                    "a repeat under its id tells whether a write happened",
                    open.stream().map(Open::toString).toList()));
        }
        List<String> wrong = new ArrayList<>();
        Set<Long> there = client.all("verify_bookings").tailMap(first).keySet();
        there.stream()
                .filter(id -> !known.containsKey(id))
                .forEach(id -> wrong.add("booking " + id + " is there, and was refused or given back"));
        long[] booked = new long[FLIGHTS];
        for (Booking booking : known.values()) {
            booked[(int) (booking.flight() - first)]++;
            if (!there.contains(booking.id())) {
                wrong.add("booking " + booking.id() + " of flight " + booking.flight() + " is gone");
            }
        }
        for (int flight = 0; flight < FLIGHTS; flight++) {
            long free = Prepared.row(client, "verify_flights", first + flight)
                    .path("free")
                    .asLong();
            if (free < 0 || free + booked[flight] != SEATS) {
                wrong.add("flight " + flight + " of " + SEATS + " seats has " + booked[flight] + " bookings and " + free
                        + " free seats");
            }
        }
        return wrong.isEmpty() ? List.of() : List.of(new Anomaly("a seat is booked once, with its row", wrong));
    }
}
