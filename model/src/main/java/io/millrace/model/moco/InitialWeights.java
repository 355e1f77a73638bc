package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.snapshot.MalformedSafetensorsException;
import io.millrace.model.snapshot.MalformedSnapshotException;
import io.millrace.model.snapshot.SafetensorsFile;
import io.millrace.model.snapshot.TensorInfo;
import io.millrace.model.snapshot.WeightsFile;
import io.millrace.model.torch.Floats;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Weights that a learner starts from instead of random ones: an open safetensors file, checked
 * against the settings before anything is taken from it.
 *
 * <p>Two kinds of file. <i>A backbone</i> has torchvision's names; both encoders start from it,
 * with the heads that the seed gives. A classifier's {@code fc.weight} and {@code fc.bias} are left
 * out. <i>A MoCo checkpoint</i>, converted by {@code model/python/convert_moco_checkpoint.py}, has
 * {@code encoder_q.*} and {@code encoder_k.*} with their heads, {@code queue} (D, K) and {@code
 * queue_ptr} (1); of it, what the {@linkplain Mechanism mechanism} has. A predictor that the file
 * lacks starts from the seed. Counters {@code num_batches_tracked} start at zero.
 */
public final class InitialWeights implements Closeable {

    /** Of a tensor, at a time. */
    private static final int PIECE = 1 << 20;

    private final SafetensorsFile file;
    private final FitCheck contents;
    private final Layout query;
    private final Layout key;

    private InitialWeights(SafetensorsFile file, FitCheck contents, EncoderSettings settings) {
        this.file = file;
        this.contents = contents;
        query = Layout.of(settings.architecture(), settings.head());
        key = Layout.of(settings.architecture(), settings.head().withoutPredictor());
    }

    /**
     * Opens a file and checks all of it: the bytes, names, shapes and types, and every value.
     *
     * @param settings of both encoders
     * @param contrast whose mechanism decides what of a checkpoint is taken
     * @throws UncheckedIOException if it cannot be read
     * @throws MalformedSnapshotException if it is damaged, or not the one that was named
     * @throws UnfitWeightsException if a learner by the settings cannot start from it
     */
    public static InitialWeights open(
            WeightsFile named, EncoderSettings settings, Contrast contrast) {
        named.verify();
        Path path = named.toPath();
        SafetensorsFile file = openFile(path);
        try {
            var contents = new FitCheck(file.tensors(), settings, contrast);
            if (!contents.problems().isEmpty()) {
                throw new UnfitWeightsException(path, contents.problems());
            }
            var weights = new InitialWeights(file, contents, settings);
            List<String> damage = new ValueCheck(weights).problems();
            if (!damage.isEmpty()) {
                throw new MalformedSnapshotException(
                        path + ": " + String.join("; ", damage) + "; nothing can be learned from");
            }
            return weights;
        } catch (RuntimeException e) {
            closeQuietly(file);
            throw e;
        }
    }

    private static SafetensorsFile openFile(Path path) {
        try {
            return SafetensorsFile.open(path);
        } catch (MalformedSafetensorsException e) {
            throw new MalformedSnapshotException(
                    e.getMessage()
                            + "; convert a MoCo checkpoint with"
                            + " model/python/convert_moco_checkpoint.py, another model with"
                            + " safetensors.torch.save_file(model.state_dict(), FILE)",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void closeQuietly(SafetensorsFile file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is taken from the file, in words. */
    public String taken() {
        boolean predictor = contents.takesPredictor();
        if (takesQueue()) {
            return predictor
                    ? "both encoders, their heads, the predictor and the queue"
                    : "both encoders, their heads and the queue";
        }
        if (contents.takesKeyEncoder()) {
            return predictor
                    ? "both encoders, their heads and the predictor"
                    : "both encoders and their heads";
        }
        if (isMoco()) {
            return "the query encoder and its head";
        }
        return contents.hasKeyEncoder()
                ? "the backbone of both encoders"
                : "the backbone of the encoder";
    }

    /** Whether the file's queue is taken over. */
    boolean takesQueue() {
        return contents.takesQueue();
    }

    /** What of the file is left out, and what begins from the seed in its place; a line each. */
    public List<String> remarks() {
        return contents.remarks();
    }

    private boolean isMoco() {
        return contents.isMoco();
    }

    /**
     * Overwrites a learner's arrays in place.
     *
     * @param arrays flat, by the names of {@link Moco#state}; a key encoder may be missing
     */
    void copyTo(Map<String, NDArray> arrays) {
        copyTo(arrays, "query", isMoco() ? FitCheck.QUERY : "", query);
        copyTo(arrays, "key", isMoco() ? FitCheck.KEY : "", key);
    }

    private void copyTo(Map<String, NDArray> arrays, String encoder, String prefix, Layout layout) {
        NDArray parameters = arrays.get(encoder + ".parameters");
        NDArray buffers = arrays.get(encoder + ".buffers");
        if (parameters != null && buffers != null) {
            overwrite(parameters, layout.parameters(), prefix);
            overwrite(buffers, layout.buffers(), prefix);
        }
    }

    private void overwrite(NDArray flat, List<Entry> entries, String prefix) {
        ByteBuffer bytes = Floats.read(flat);
        FloatBuffer values = bytes.order(ByteOrder.nativeOrder()).asFloatBuffer();
        for (Entry entry : entries) {
            if (isTaken(entry)) {
                values.position(Math.toIntExact(entry.offset()));
                read(prefix + entry.name(), values::put);
            }
        }
        Floats.write(flat, bytes);
    }

    /** The encoders' tensors that are taken, by their names in the file. */
    Map<String, Entry> encoderTensors() {
        Map<String, Entry> tensors = new LinkedHashMap<>();
        add(tensors, isMoco() ? FitCheck.QUERY : "", query);
        if (contents.takesKeyEncoder()) {
            add(tensors, FitCheck.KEY, key);
        }
        return tensors;
    }

    private void add(Map<String, Entry> tensors, String prefix, Layout layout) {
        layout.entries().stream()
                .filter(this::isTaken)
                .forEach(entry -> tensors.put(prefix + entry.name(), entry));
    }

    /** Overwrites the queue and the place of the next key, where the file has them. */
    void copyTo(Queue queue) {
        if (takesQueue()) {
            queue.write(0, queueRows());
            // A checkpoint doesn't say how much of its queue is random; after one epoch, none is.
            queue.setEnqueued(queueCapacity() + pointer());
        }
    }

    /** The queue's keys: (K, D), row-major; the file has (D, K). */
    float[] queueRows() {
        int keys = Math.toIntExact(queueCapacity());
        int dimension = Math.toIntExact(queue().shape().get(0));
        float[] rows = new float[keys * dimension];
        int[] next = {0};
        read(
                FitCheck.QUEUE,
                piece -> {
                    while (piece.hasRemaining()) {
                        int at = next[0]++;
                        rows[at % keys * dimension + at / keys] = piece.get();
                    }
                });
        return rows;
    }

    /** K. */
    long queueCapacity() {
        return queue().shape().get(1);
    }

    private TensorInfo queue() {
        return file.find(FitCheck.QUEUE).orElseThrow();
    }

    /** The slot of the next key. */
    long pointer() {
        ByteBuffer value = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        read(FitCheck.POINTER, 0, value);
        return value.getLong(0);
    }

    /** Whether the file has it and it is wanted: a backbone's heads stay as they are. */
    private boolean isTaken(Entry entry) {
        boolean head = entry.isPredictor() ? contents.takesPredictor() : isMoco();
        return entry.kind() != Entry.Kind.BATCHES && (head || !entry.isHead());
    }

    /** Hands on a tensor's values, a piece at a time. */
    void read(String tensor, Consumer<FloatBuffer> pieces) {
        long bytes = file.find(tensor).orElseThrow().bytes();
        ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
        for (long from = 0; from < bytes; from += piece.limit()) {
            piece.clear().limit((int) Math.min(PIECE, bytes - from));
            read(tensor, from, piece);
            pieces.accept(piece.flip().asFloatBuffer());
        }
    }

    private void read(String tensor, long from, ByteBuffer into) {
        try {
            file.read(tensor, from, into);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
