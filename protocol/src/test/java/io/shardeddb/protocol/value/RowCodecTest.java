package io.shardeddb.protocol.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowCodecTest {

    private static final HexFormat HEX = HexFormat.of();

    @Test
    void bytesNeverChange() throws IOException {
        List<String> lines = lines("/golden/row-codec.txt");
        assertThat(lines).hasSizeGreaterThan(20);
        for (String line : lines) {
            String[] parts = line.split(" \\| ", -1);
            Row row = parse(parts[0]);
            assertThat(HEX.formatHex(RowCodec.encode(row).toByteArray()))
                    .as(line)
                    .isEqualTo(parts[1]);
            assertThat(RowCodec.decode(ByteString.fromHex(parts[1]))).as(line).isEqualTo(row);
        }
    }

    @Test
    void everyRowComesBackAndEqualBytesMeanEqualRows() {
        Random random = new Random(20261121);
        Map<ByteString, Row> seen = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            Row row = randomRow(random);
            ByteString bytes = RowCodec.encode(row);
            assertThat(RowCodec.decode(bytes, row.size())).isEqualTo(row);
            Row earlier = seen.putIfAbsent(bytes, row);
            assertThat(earlier == null || earlier.equals(row)).isTrue();
        }
    }

    @Test
    void whatIsDecodedIsCanonical() {
        Random random = new Random(7);
        int decoded = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = RowCodec.encode(randomRow(random)).toByteArray();
            if (bytes.length == 0) {
                continue;
            }
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            ByteString mutated = ByteString.copyFrom(bytes);
            try {
                assertThat(RowCodec.encode(RowCodec.decode(mutated))).isEqualTo(mutated);
                decoded++;
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageStartingWith("not a row");
            }
        }
        assertThat(decoded).isPositive();
    }

    @Test
    void aKeysPrefixHasAPrefixOfItsBytes() {
        Row key = Row.of(new Value.Int64(5), new Value.Text("x"));
        assertThat(RowCodec.encode(key).startsWith(RowCodec.encode(Row.of(key.get(0)))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "07",
                "01",
                "0180",
                "018000",
                "01ffffffffffffffffff02",
                "0300",
                "038000000000000000",
                "037ff8000000000000",
                "0405616263",
                "0401ff",
                "05ffffffffffffffffff01"
            })
    void refusesBytesThatAreNotCanonical(String hex) {
        assertThatThrownBy(() -> RowCodec.decode(ByteString.fromHex(hex)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a row");
    }

    @Test
    void refusesAnotherNumberOfValues() {
        assertThatThrownBy(() -> RowCodec.decode(RowCodec.encode(Row.of(Value.NULL)), 2))
                .hasMessage("expected 2 values, found 1");
    }

    private static Row randomRow(Random random) {
        int size = random.nextInt(5);
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            values.add(
                    switch (random.nextInt(6)) {
                        case 0 -> Value.NULL;
                        case 1 -> new Value.Int64(random.nextLong() >> random.nextInt(64));
                        case 2 -> new Value.Unsigned64(random.nextLong() >>> random.nextInt(64));
                        case 3 -> new Value.Real(random.nextGaussian());
                        case 4 -> new Value.Text(randomText(random));
                        default -> {
                            byte[] bytes = new byte[random.nextInt(200)];
                            random.nextBytes(bytes);
                            yield new Value.Blob(ByteString.copyFrom(bytes));
                        }
                    });
        }
        return new Row(values);
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int[] samples = {'a', 'Z', ' ', 0, 'é', '€', 0x1F600};
        for (int i = random.nextInt(150); i > 0; i--) {
            text.appendCodePoint(samples[random.nextInt(samples.length)]);
        }
        return text.toString();
    }

    private static Row parse(String text) {
        List<Value> values = new ArrayList<>();
        for (String value : text.split(" ", -1)) {
            String rest = value.length() > 2 ? value.substring(2) : "";
            values.add(
                    switch (value.charAt(0)) {
                        case 'n' -> Value.NULL;
                        case 'i' -> new Value.Int64(Long.parseLong(rest));
                        case 'u' -> new Value.Unsigned64(Long.parseUnsignedLong(rest));
                        case 'r' -> new Value.Real(Double.parseDouble(rest));
                        case 't' -> new Value.Text(rest);
                        default -> new Value.Blob(ByteString.copyFrom(HEX.parseHex(rest)));
                    });
        }
        return new Row(values);
    }

    private static List<String> lines(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(RowCodecTest.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }
}
