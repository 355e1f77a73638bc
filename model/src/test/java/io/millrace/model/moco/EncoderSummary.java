package io.millrace.model.moco;

import static io.millrace.model.parity.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.parity.Fixture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a fixture says of an encoder after its steps: sum and norm of every entry, running
 * statistics too, and two whole tensors.
 */
final class EncoderSummary {

    private final Fixture fixture;
    private final Layout layout;
    private final String reference;
    private final String[] names;

    /**
     * A summary.
     *
     * @param reference the encoder's name in the fixture, {@code encoder_q} or {@code encoder_k}
     */
    EncoderSummary(Fixture fixture, Layout layout, String reference)
            throws JsonProcessingException {
        this.fixture = fixture;
        this.layout = layout;
        this.reference = reference;
        names = new ObjectMapper().readValue(fixture.text("tensor_names"), String[].class);
    }

    /**
     * Asserts that an encoder of a training state is the reference's.
     *
     * @param encoder its name in the state, {@code query} or {@code key}
     */
    void assertSame(List<NamedArray> state, String encoder, double tolerance) {
        List<Entry> entries =
                layout.entries().stream().filter(e -> e.kind() != Entry.Kind.BATCHES).toList();
        // Authors' networks name their layers otherwise, but the last word is a tensor's role.
        assertThat(entries.stream().map(entry -> role(entry.name())).toList())
                .as("%s tensor_names", fixture)
                .isEqualTo(Arrays.stream(names).map(EncoderSummary::role).toList());
        List<float[]> tensors = tensors(entries, state, encoder);
        float[] norms = fixture.floats(reference + ".norms");
        float[] sums = fixture.floats(reference + ".sums");
        assertThat(tensors).hasSize(norms.length).hasSize(sums.length);
        for (int t = 0; t < norms.length; t++) {
            assertTensor(names[t], tensors.get(t), new float[] {norms[t], sums[t]}, tolerance);
        }
        assertWhole("first_conv", tensors.get(0), tolerance);
        assertWhole("last_linear", tensors.get(tensors.size() - 2), tolerance);
    }

    private static String role(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static List<float[]> tensors(
            List<Entry> entries, List<NamedArray> state, String encoder) {
        float[] parameters = States.floats(state, encoder + ".parameters");
        float[] buffers = States.floats(state, encoder + ".buffers");
        List<float[]> tensors = new ArrayList<>();
        for (Entry entry : entries) {
            float[] flat = entry.kind().isParameter() ? parameters : buffers;
            int from = (int) entry.offset();
            tensors.add(Arrays.copyOfRange(flat, from, from + (int) entry.size()));
        }
        return tensors;
    }

    /** A sum's error is at most the error's norm times the root of the number of elements. */
    private void assertTensor(String name, float[] tensor, float[] expected, double tolerance) {
        double sum = 0;
        double squares = 0;
        for (float value : tensor) {
            sum += value;
            squares += (double) value * value;
        }
        double allowed = tolerance * expected[0];
        assertThat(Math.sqrt(squares))
                .as("%s norm of %s %s", fixture, reference, name)
                .isCloseTo(expected[0], within(allowed));
        assertThat(sum)
                .as("%s sum of %s %s", fixture, reference, name)
                .isCloseTo(expected[1], within(allowed * Math.sqrt(tensor.length)));
    }

    private void assertWhole(String name, float[] tensor, double tolerance) {
        String key = reference + "." + name;
        assertClose(fixture + " " + key, tensor, fixture.floats(key), tolerance);
    }
}
