package io.shardeddb.router.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of our codes has one of gRPC's, and the documents say which. */
class ErrorStatusTest {

    /** What docs/grpc-api.md says: lines of a table, with gRPC's code and then ours. */
    @Test
    void theTableInTheDocumentsIsComplete() throws IOException {
        Map<String, String> told = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("../docs/grpc-api.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 4 && cells[1].strip().matches("`[A-Z_]+`")) {
                String code = cells[1].strip().replace("`", "");
                Pattern.compile("`([A-Z_]+)`")
                        .matcher(cells[2])
                        .results()
                        .map((MatchResult match) -> match.group(1))
                        .forEach(ours ->
                                assertThat(told.put(ours, code)).as(ours).isNull());
            }
        }
        Map<String, String> real = Arrays.stream(ErrorCode.values())
                .collect(Collectors.toMap(
                        ErrorCode::name, code -> ErrorStatus.code(code).name(), (a, b) -> a, TreeMap::new));
        assertThat(new TreeSet<>(told.keySet())).isEqualTo(real.keySet());
        assertThat(told).isEqualTo(real);
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void noCodeIsTakenForSuccessOrForNothing(ErrorCode code) {
        assertThat(ErrorStatus.code(code)).isNotIn(Status.Code.OK, Status.Code.UNKNOWN);
        assertThat(ErrorStatus.code(code) == Status.Code.DEADLINE_EXCEEDED)
                .as("whether it may have been done is said by the code alone")
                .isEqualTo(code.kind() == ErrorKind.UNKNOWN);
    }

    @Test
    void theClientsOwnDeadlineIsTold() {
        assertThat(ErrorStatus.late(new DatabaseException(ErrorCode.NO_LEADER, "none"))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(ErrorStatus.late(new DatabaseException(ErrorCode.DUPLICATE_KEY, "there"))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.ALREADY_EXISTS);
    }

    @Test
    void thePortCanBeChosenOrSwitchedOff() {
        assertThat(ApiAddress.of(Map.of())).isEqualTo(new ApiAddress("0.0.0.0", 5001));
        assertThat(ApiAddress.of(Map.of("GRPC_PORT", " 6000 ", "POD_IP", "127.0.3.7")))
                .isEqualTo(new ApiAddress("127.0.3.7", 6000));
        assertThat(ApiAddress.of(Map.of("GRPC_PORT", "0"))).isNull();
        assertThat(ApiAddress.of(Map.of("GRPC_PORT", "off"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "x", "99999999999"})
    void whatIsNoPortIsRefusedByName(String text) {
        assertThatThrownBy(() -> ApiAddress.of(Map.of("GRPC_PORT", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GRPC_PORT");
    }
}
