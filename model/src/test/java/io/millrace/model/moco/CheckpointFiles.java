package io.millrace.model.moco;

import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.snapshot.TensorInfo;
import io.millrace.model.snapshot.WeightsFile;
import io.millrace.model.torch.SplitMix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Files of weights as other programs write them, with random values. */
final class CheckpointFiles {

    private CheckpointFiles() {}

    /** A backbone by torchvision's names. */
    static List<NamedTensor> backbone(EncoderSettings settings, long seed) {
        return encoder("", settings, seed).stream()
                .filter(t -> !t.name().startsWith("fc") && !t.name().startsWith("predictor"))
                .toList();
    }

    /** Everything of a converted MoCo checkpoint. */
    static List<NamedTensor> moco(EncoderSettings settings, int capacity, long pointer, long seed) {
        List<NamedTensor> tensors = new ArrayList<>(encoder("encoder_q.", settings, seed));
        tensors.addAll(encoder("encoder_k.", keySettings(settings), seed + 1));
        tensors.add(queue(settings.head().dimension(), capacity, seed + 2));
        tensors.add(longs("queue_ptr", List.of(1L), pointer));
        return tensors;
    }

    private static EncoderSettings keySettings(EncoderSettings query) {
        return new EncoderSettings(
                query.architecture(),
                query.head().withoutPredictor(),
                query.normalization(),
                query.precision());
    }

    private static List<NamedTensor> encoder(String prefix, EncoderSettings settings, long seed) {
        List<NamedTensor> tensors = new ArrayList<>();
        for (Entry entry : Layout.of(settings.architecture(), settings.head()).entries()) {
            String name = prefix + entry.name();
            if (entry.kind() == Entry.Kind.BATCHES) {
                tensors.add(longs(name, List.of(), 77));
            } else {
                SplitMix random = SplitMix.of(seed, tensors.size());
                float least = entry.kind() == Entry.Kind.RUNNING_VARIANCE ? 0.5f : -0.05f;
                float[] values = new float[Math.toIntExact(entry.size())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = least + 0.1f * (float) random.uniform(i);
                }
                tensors.add(floats(name, entry.shape(), values));
            }
        }
        return tensors;
    }

    /** Columns of length 1: (D, K). */
    private static NamedTensor queue(int dimension, int capacity, long seed) {
        SplitMix random = SplitMix.of(seed, 0);
        float[] values = new float[dimension * capacity];
        for (int k = 0; k < capacity; k++) {
            double squares = 0;
            for (int d = 0; d < dimension; d++) {
                squares += Math.pow(random.gaussian((long) k * dimension + d), 2);
            }
            for (int d = 0; d < dimension; d++) {
                double value = random.gaussian((long) k * dimension + d);
                values[d * capacity + k] = (float) (value / Math.sqrt(squares));
            }
        }
        return floats("queue", List.of((long) dimension, (long) capacity), values);
    }

    static NamedTensor floats(String name, List<Long> shape, float... values) {
        ByteBuffer data =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new NamedTensor(name, TensorInfo.Type.F32, shape, data);
    }

    static NamedTensor longs(String name, List<Long> shape, long value) {
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return new NamedTensor(name, TensorInfo.Type.I64, shape, data.putLong(0, value));
    }

    /** The tensors with another in the place of one of its name, or besides. */
    static List<NamedTensor> with(List<NamedTensor> tensors, NamedTensor other) {
        List<NamedTensor> all = new ArrayList<>(without(tensors, other.name()));
        all.add(other);
        return all;
    }

    static List<NamedTensor> without(List<NamedTensor> tensors, String name) {
        return tensors.stream().filter(tensor -> !tensor.name().equals(name)).toList();
    }

    static NamedTensor named(List<NamedTensor> tensors, String name) {
        return tensors.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    }

    static WeightsFile write(Path file, List<NamedTensor> tensors) throws IOException {
        Files.write(file, Safetensors.encode(tensors, Map.of("format", "pt")));
        return WeightsFile.of(file);
    }

    /** The values of an encoder's flat array, parameters or buffers, as the file has them. */
    static float[] flat(List<NamedTensor> tensors, String prefix, List<Entry> entries) {
        float[] flat = new float[Math.toIntExact(Layout.size(entries))];
        for (Entry entry : entries) {
            float[] values = values(named(tensors, prefix + entry.name()));
            System.arraycopy(values, 0, flat, Math.toIntExact(entry.offset()), values.length);
        }
        return flat;
    }

    static float[] values(NamedTensor tensor) {
        float[] values = new float[tensor.data().remaining() / Float.BYTES];
        tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
