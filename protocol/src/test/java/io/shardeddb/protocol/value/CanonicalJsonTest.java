package io.shardeddb.protocol.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalJsonTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{ \"b\" : 1, \"a\":[ 1 , 2.50 ] } | {\"a\":[1,2.5],\"b\":1}",
                "{\"a\":1,\"a\":2} | {\"a\":2}",
                "1e2 | 100.0",
                "1E20 | 1.0E20",
                "-0.0 | 0.0",
                "-0 | 0",
                "18446744073709551615 | 18446744073709551615",
                "18446744073709551616 | 1.8446744073709552E19",
                "\"\\u0041\\/\\u00e9\" | \"A/é\"",
                "\"\\u0001\\n\" | \"\\u0001\\n\"",
                "[] | []",
                "{} | {}",
                "[true,false,null] | [true,false,null]",
            })
    void hasOneTextForEachValue(String json, String canonical) {
        assertThat(CanonicalJson.canonical(json)).isEqualTo(canonical);
        assertThat(CanonicalJson.canonical(canonical)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"a\" 1} | ':' is missing",
                "[1,] | not a value",
                "[1 2] | ',' or ']' is missing",
                "{a:1} | a member's name is missing",
                "01 | starts with 0",
                "1. | cut off",
                "nul | not a value",
                "\"a | does not end",
                "\"\\x\" | unknown escape",
                "1 2 | something follows",
                "[ | not a value"
            })
    void saysWhereATextIsNotJson(String json, String reason) {
        if (json.equals("[")) {
            assertThatThrownBy(() -> CanonicalJson.parse(json)).hasMessageContaining("a value is missing");
        } else {
            assertThatThrownBy(() -> CanonicalJson.parse(json))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not JSON at character ")
                    .hasMessageContaining(reason);
        }
    }

    @Test
    void refusesDeepNestingAndHugeNumbers() {
        assertThatThrownBy(() -> CanonicalJson.canonical("[".repeat(5_000))).hasMessageContaining("deeper than 100");
        assertThatThrownBy(() -> CanonicalJson.canonical("1e999")).hasMessageContaining("beyond the range");
        assertThatThrownBy(() -> CanonicalJson.canonical("1".repeat(500))).hasMessageContaining("400 characters");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"1|0", "\"[[[\"|0", "[]|1", "[1,2]|1", "[{}]|2", "[[],{\"a\":[1]},[]]|3", "[\"\\\"[{\"]|1"})
    void countsObjectsAndArraysWithinOneAnother(String json, int depth) {
        assertThat(CanonicalJson.depth(json)).isEqualTo(depth);
    }
}
