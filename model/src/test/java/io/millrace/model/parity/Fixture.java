package io.millrace.model.parity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** One safetensors file of the reference implementations' outputs. */
public final class Fixture {

    private static final String PROPERTY = "millrace.parity";

    private final JsonNode header;
    private final ByteBuffer data;

    private Fixture(JsonNode header, ByteBuffer data) {
        this.header = header;
        this.data = data;
    }

    /**
     * Reads a fixture of the folder that the system property {@code millrace.parity} names; without
     * the property the test is skipped where the default folder is absent.
     */
    public static Fixture read(String name) throws IOException {
        Path folder = Path.of(System.getProperty(PROPERTY, "../../shared/parity"));
        Path file = folder.resolve(name + ".safetensors");
        if (System.getProperty(PROPERTY) == null) {
            Assumptions.assumeTrue(
                    Files.exists(file), () -> "no parity fixture at " + file + ": skipped");
        }
        assertThat(file).as("fixture asked for by -D" + PROPERTY).exists();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong();
        String header = new String(bytes.array(), Long.BYTES, length, UTF_8);
        ByteBuffer data = bytes.slice(Long.BYTES + length, bytes.capacity() - Long.BYTES - length);
        return new Fixture(new ObjectMapper().readTree(header), data);
    }

    /** A value of the metadata. */
    public String text(String key) {
        JsonNode value = header.get("__metadata__").get(key);
        assertThat(value).as("metadata " + key).isNotNull();
        return value.asText();
    }

    public int integer(String key) {
        return Integer.parseInt(text(key));
    }

    public double number(String key) {
        return Double.parseDouble(text(key));
    }

    public Formula formula() {
        return new Formula(integer("base"));
    }

    /** A float32 tensor, row-major. */
    public float[] floats(String name) {
        JsonNode entry = header.get(name);
        assertThat(entry).as("tensor " + name).isNotNull();
        assertThat(entry.get("dtype").asText()).isEqualTo("F32");
        int from = entry.get("data_offsets").get(0).asInt();
        int to = entry.get("data_offsets").get(1).asInt();
        float[] values = new float[(to - from) / Float.BYTES];
        data.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
