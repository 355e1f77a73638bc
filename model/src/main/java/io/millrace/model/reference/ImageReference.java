package io.millrace.model.reference;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.model.image.Decoding.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A record's value that stands for an image: a JSON object such as {@code {"uri":
 * "https://cdn.example.com/images/1.jpg", "length": 183024, "sha256": "9f86d0..."}}. No image
 * format begins with a brace.
 *
 * @param length bytes, above 0
 * @param sha256 32 bytes
 */
record ImageReference(URI uri, long length, byte[] sha256) {

    /** A longer value is no reference; 16 KiB. */
    static final int MAX_BYTES = 16 << 10;

    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    ImageReference {
        requireNonNull(uri, "uri");
        requireNonNull(sha256, "sha256");
    }

    static ImageReference parse(byte[] value) throws UnresolvedException {
        if (value.length > MAX_BYTES) {
            throw malformed("a value of at most " + MAX_BYTES + " bytes", value.length + " bytes");
        }
        JsonNode json;
        try {
            json = JSON.readTree(value);
        } catch (JsonProcessingException e) {
            throw malformed("a JSON object", e.getOriginalMessage());
        } catch (IOException e) {
            throw malformed("a JSON object", String.valueOf(e.getMessage()));
        }
        JsonNode length = json.path("length");
        if (!length.canConvertToLong() || !length.isIntegralNumber() || length.asLong() < 1) {
            throw malformed("a length of 1 byte or more", "length " + length);
        }
        String sha256 = json.path("sha256").asText();
        if (!json.path("sha256").isTextual() || !SHA256.matcher(sha256).matches()) {
            throw malformed("64 hexadecimal digits as sha256", json.path("sha256").toString());
        }
        return new ImageReference(
                uri(json.path("uri")), length.asLong(), HexFormat.of().parseHex(sha256));
    }

    private static URI uri(JsonNode text) throws UnresolvedException {
        if (!text.isTextual()) {
            throw malformed("a text as uri", "uri " + text);
        }
        try {
            return new URI(text.asText());
        } catch (URISyntaxException e) {
            throw malformed("a URI", String.valueOf(e.getMessage()));
        }
    }

    private static UnresolvedException malformed(String expected, String got) {
        return new UnresolvedException(
                Reason.REFERENCE_MALFORMED,
                "expected {\"uri\": ..., \"length\": bytes, \"sha256\": ...} with "
                        + expected
                        + ", got "
                        + got);
    }
}
