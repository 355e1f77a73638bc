package io.millrace.model.moco;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.HeadReader;
import io.millrace.model.snapshot.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The network that a file's tensors were taken from, as far as names and shapes tell. */
final class FileNetwork {

    private final Map<String, TensorInfo> tensors;
    private final String prefix;

    /**
     * @param prefix of the encoder's tensors
     */
    FileNetwork(Map<String, TensorInfo> tensors, String prefix) {
        this.tensors = tensors;
        this.prefix = prefix;
    }

    /** The backbone: the stem by the size of its kernel, the blocks by counting. */
    Optional<Architecture> architecture() {
        Optional<List<Long>> conv1 = shape("conv1.weight").filter(shape -> shape.size() == 4);
        Optional<Stem> stem = conv1.flatMap(shape -> Stem.ofKernel(shape.get(2)));
        if (conv1.isEmpty() || stem.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Architecture(
                            shape("layer1.0.conv3.weight").isEmpty()
                                    ? Block.BASIC
                                    : Block.BOTTLENECK,
                            stem.get(),
                            Math.toIntExact(conv1.get().get(0)),
                            blocks()));
        } catch (IllegalArgumentException | ArithmeticException noneOfOurs) {
            return Optional.empty();
        }
    }

    private List<Integer> blocks() {
        List<Integer> blocks = new ArrayList<>();
        for (int count = count(1); count > 0; count = count(blocks.size() + 1)) {
            blocks.add(count);
        }
        return blocks;
    }

    private int count(int stage) {
        int block = 0;
        while (shape("layer" + stage + "." + block + ".conv1.weight").isPresent()) {
            block++;
        }
        return block;
    }

    /**
     * The projection head, and a predictor where there is one.
     *
     * @param features of the backbone
     */
    Optional<Head> head(int features) {
        Map<String, List<Long>> shapes = new TreeMap<>();
        tensors.forEach(
                (name, tensor) -> {
                    if (name.startsWith(prefix)) {
                        shapes.put(name.substring(prefix.length()), tensor.shape());
                    }
                });
        return HeadReader.read(shapes, features);
    }

    private Optional<List<Long>> shape(String name) {
        return Optional.ofNullable(tensors.get(prefix + name)).map(TensorInfo::shape);
    }
}
