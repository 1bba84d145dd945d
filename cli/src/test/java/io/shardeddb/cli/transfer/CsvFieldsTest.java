package io.shardeddb.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.cli.output.CsvText;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvFieldsTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String LETTERS = "\\N\"{}[],:1290-+eE. truefalsn\n\rä";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "0",
                "-7",
                "9223372036854775807",
                "1.5",
                "2.0",
                "1.0E10",
                "\"\"",
                "\"true\"",
                "\"null\"",
                "\"17\"",
                "\"007\"",
                "\"{\\\"a\\\":1}\"",
                "\"[\"",
                "\"\\\"quoted\\\"\"",
                "[1,\"x\"]",
                "{}",
                "\"99999999999999999999\""
            })
    void whatAMemberWritesIsReadAsTheSameValue(String json) {
        JsonNode value = JsonText.value(json, "it");
        JsonNode back = CsvFields.memberValue(CsvFields.member(value));
        assertThat(back).hasToString(value.toString());
        assertThat(back.getNodeType()).isEqualTo(value.getNodeType());
    }

    @Test
    void aMemberThatIsMissingIsLeftOut() {
        assertThat(CsvFields.member(JSON.missingNode())).isEmpty();
        assertThat(CsvFields.memberValue("").isMissingNode()).isTrue();
    }

    @Test
    void anyTextComesBackFromMembersAndColumns() {
        Random random = new Random(19);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            JsonNode value = JSON.textNode(text.toString());
            assertThat(CsvFields.memberValue(CsvFields.member(value))).isEqualTo(value);
            for (String type : List.of("VARCHAR", "STRING", "MEDIUMTEXT", "JSON")) {
                assertThat(CsvFields.cellValue(CsvFields.cell(value, type), type))
                        .isEqualTo(value);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"STRING,\\N", "LONGTEXT,\\N", "MEDIUMBLOB,\\N", "NUMBER,''", "DATETIME,''", "JSON,''", "BOOLEAN,''"})
    void nullIsToldApartFromEmptyValues(String type, String field) {
        assertThat(CsvFields.cell(JSON.nullNode(), type)).isEqualTo(field);
        assertThat(CsvFields.cellValue(field, type).isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"BOOLEAN,true", "BIGINT,42", "DOUBLE,0.25", "JSON,'{\"a\":[1,null]}'", "JSON,'\"text\"'"})
    void valuesOfOtherTypesComeBack(String type, String json) {
        JsonNode value = JsonText.value(json, "it");
        assertThat(CsvFields.cellValue(CsvFields.cell(value, type), type).toString())
                .isEqualTo(value.toString());
    }

    @Test
    void anEmptyOnlyFieldIsNoBlankLine() {
        assertThat(CsvText.line(List.of(""))).isEqualTo("\"\"");
    }
}
