package io.millrace.model.reference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.image.Decoding.Reason;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{}",
                "{} {}",
                "{\"uri\": 1, \"length\": 1, \"sha256\": \"SHA\"}",
                "{\"uri\": \"http://a b\", \"length\": 1, \"sha256\": \"SHA\"}",
                "{\"uri\": \"file:///a\", \"length\": \"1\", \"sha256\": \"SHA\"}",
                "{\"uri\": \"file:///a\", \"length\": 1.5, \"sha256\": \"SHA\"}",
                "{\"uri\": \"file:///a\", \"length\": 0, \"sha256\": \"SHA\"}",
                "{\"uri\": \"file:///a\", \"length\": 1e30, \"sha256\": \"SHA\"}",
                "{\"uri\": \"file:///a\", \"length\": 1, \"sha256\": \"SHA0\"}",
                "{\"uri\": \"file:///a\", \"length\": 1, \"length\": 2, \"sha256\": \"SHA\"}"
            })
    void parse_saysTheForm_whenAReferenceIsMalformed(String value) {
        assertMalformed(value.replace("SHA", "0".repeat(64)));
    }

    @Test
    void parse_isNotMisled_byALongOrDeepValue() {
        for (String value : List.of("{\"a\":".repeat(3000), "{" + " ".repeat(1 << 20))) {
            assertMalformed(value);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://cdn.example.com/images",
                "https:///images/",
                "ftp://cdn.example.com/images/",
                "file:///data/../",
                "https://cdn.example.com/%2e%2e/",
                "/data/photos/"
            })
    void rules_refuseAPrefix_thatIsNone(String prefix) {
        assertThatThrownBy(() -> ReferenceRules.allowing(List.of(prefix)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(prefix);
    }

    private static void assertMalformed(String value) {
        assertThatThrownBy(() -> ImageReference.parse(value.getBytes(UTF_8)))
                .asInstanceOf(InstanceOfAssertFactories.type(UnresolvedException.class))
                .satisfies(
                        e ->
                                assertThat(e.rejected().reason())
                                        .isEqualTo(Reason.REFERENCE_MALFORMED))
                .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                .hasMessageContaining("\"sha256\"");
    }
}
