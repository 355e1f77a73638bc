package io.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    /** Made by safetensors 0.8.0 of Python from the tensors of {@link #sample()}. */
    private static final String REFERENCE_HEADER =
            "{\"bn.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                    + "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]},"
                    + "\"b.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[24,48]},"
                    + "\"\u00e9\\\"x\\\\\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[48,48]}}  ";

    @Test
    void encode_writesTheReferenceHeader_whenTensorsComeInAnyOrder() {
        byte[] file = Safetensors.encode(sample(), Map.of());

        assertThat(new String(file, 8, file.length - 56, UTF_8)).isEqualTo(REFERENCE_HEADER);
        assertThat(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong()).isEqualTo(264);
    }

    @Test
    void encode_escapesAsTheReference_whenNamesHoldControlCharacters() {
        byte[] file =
                Safetensors.encode(
                        List.of(), Map.of("a\u001f\b\f\n\r\t\u007f", "\u20ac/\ud83d\ude00"));

        assertThat(new String(file, 8, file.length - 8, UTF_8).trim())
                .isEqualTo(
                        "{\"__metadata__\":{\"a\\u001f\\b\\f\\n\\r\\t\u007f\":\"\u20ac/\ud83d\ude00\"}}");
    }

    @Test
    void decode_returnsWhatWasEncoded_whenMetadataIsOrdered() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("z", "1");
        metadata.put("a", "\u00fc\n");

        Safetensors.Contents contents = Safetensors.decode(Safetensors.encode(sample(), metadata));

        assertThat(contents.metadata()).containsExactlyEntriesOf(metadata);
        assertThat(contents.tensors())
                .extracting(NamedTensor::name)
                .containsExactly("bn.num_batches_tracked", "a.weight", "b.weight", "\u00e9\"x\\");
        assertThat(contents.tensors().get(0).data().getLong(0)).isEqualTo(7);
        assertThat(contents.tensors().get(2).shape()).containsExactly(2L, 3L);
        assertThat(contents.tensors().get(2).data().getFloat(20)).isEqualTo(5f);
    }

    @Test
    void encode_refuses_whenANameIsUsedTwice() {
        assertThatThrownBy(
                        () ->
                                Safetensors.encode(
                                        List.of(floats("w", List.of(1L)), floats("w", List.of(1L))),
                                        Map.of()))
                .hasMessageContaining("tensor name w");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}} | 6 | b starts at byte 2
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}} | 12 | b starts at byte 8
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | a starts at byte 4
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | 8 | expected 4 bytes of data, got 8
                    {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}} | 8 | expected 16 bytes of data, got 8
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | Duplicate field
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}} | 4 | shape [2] of F32 is not 4 bytes
                    {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}} | 4 | overflows
                    {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}} | 4 | whole numbers
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551620]}} | 4 | whole numbers
                    {"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}} | 4 | whole numbers
                    {"a":{"dtype":"F12","shape":[2],"data_offsets":[0,4]}} | 4 | expected a dtype of [BOOL, U8
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}} | 4 | data_offsets
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}} | 4 | expected dtype, shape and data_offsets
                    {"a":[]} | 0 | a: expected an object
                    {"__metadata__":{"step":1}} | 0 | not a string
                    {"a":1 | 0 | not JSON
                    {} {} | 0 | not JSON
                    `  {}` | 0 | does not start with {
                    """)
    void decode_refuses_whenTheHeaderLies(String header, int data, String message) {
        assertThatThrownBy(() -> Safetensors.decode(file(header.getBytes(UTF_8), data)))
                .isInstanceOf(MalformedSafetensorsException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 3, 100_000_001, Long.MAX_VALUE})
    void decode_refuses_whenTheHeaderIsLongerThanTheFile(long length) {
        byte[] file =
                ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();

        assertThatThrownBy(() -> Safetensors.decode(file))
                .isInstanceOf(MalformedSafetensorsException.class)
                .hasMessageContaining("where at most 2 are possible");
    }

    /** Whatever a file holds, it is read whole or refused; seeds are the numbers of the cases. */
    @Test
    void decode_refusesOrReads_whateverTheBytes() {
        byte[] whole = Safetensors.encode(sample(), Map.of("format", "pt"));
        int read = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            var random = new SplittableRandom(seed);
            byte[] file =
                    Arrays.copyOf(whole, whole.length - random.nextInt(2) * random.nextInt(9));
            for (int change = random.nextInt(4); change > 0; change--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt();
            }
            try {
                int bytes =
                        Safetensors.decode(file).tensors().stream()
                                .mapToInt(tensor -> tensor.data().remaining())
                                .sum();
                assertThat(bytes).as("seed %d", seed).isEqualTo(48);
                read++;
            } catch (MalformedSafetensorsException refused) {
                assertThat(refused).as("seed %d", seed).hasMessageContaining("not a valid");
            }
        }
        assertThat(read).isBetween(1000, 19_000);
    }

    @Test
    void decode_refuses_whenTheHeaderIsNotUtf8() {
        assertThatThrownBy(() -> Safetensors.decode(file(new byte[] {'{', '"', (byte) 0xff}, 0)))
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> Safetensors.decode(new byte[7]))
                .hasMessageContaining("8 bytes of header length, got 7");
    }

    private static byte[] file(byte[] header, int data) {
        return ByteBuffer.allocate(8 + header.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }

    private static List<NamedTensor> sample() {
        ByteBuffer seven = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 7);
        return List.of(
                floats("b.weight", List.of(2L, 3L)),
                floats("\u00e9\"x\\", List.of(0L, 3L)),
                new NamedTensor("bn.num_batches_tracked", TensorInfo.Type.I64, List.of(), seven),
                floats("a.weight", List.of(4L)));
    }

    private static NamedTensor floats(String name, List<Long> shape) {
        int count = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
        ByteBuffer data = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            data.putFloat(4 * i, i);
        }
        return new NamedTensor(name, TensorInfo.Type.F32, shape, data);
    }
}
