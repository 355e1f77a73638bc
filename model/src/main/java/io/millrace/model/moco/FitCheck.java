package io.millrace.model.moco;

import static java.util.stream.Collectors.joining;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.snapshot.TensorInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds a file's tensors against the settings and keeps every difference: where, what the settings
 * ask for, what the file holds, what would work.
 *
 * <p>Tensors are compared with the network that the file itself seems to be of, and that with the
 * settings', so that one wrong setting is one problem and not one for each tensor.
 */
final class FitCheck {

    static final String QUERY = "encoder_q.";
    static final String KEY = "encoder_k.";
    static final String QUEUE = "queue";
    static final String POINTER = "queue_ptr";

    /** Names in a list before the rest is only counted. */
    private static final int NAMED = 20;

    private final EncoderSettings settings;
    private final int queueCapacity;
    private final boolean moco;
    private final FileNetwork network;

    /** Tensors that nothing has asked for yet, by name. */
    private final Map<String, TensorInfo> unknown = new TreeMap<>();

    private final List<String> missing = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Map<String, TensorInfo> leftOut = new LinkedHashMap<>();

    FitCheck(List<TensorInfo> tensors, EncoderSettings settings, int queueCapacity) {
        this.settings = settings;
        this.queueCapacity = queueCapacity;
        tensors.forEach(tensor -> unknown.put(tensor.name(), tensor));
        moco =
                unknown.keySet().stream()
                        .anyMatch(name -> name.startsWith(QUERY) || name.startsWith(KEY));
        network = new FileNetwork(Map.copyOf(unknown), moco ? QUERY : "");
        Architecture architecture = architecture();
        if (moco) {
            checkCheckpoint(architecture);
        } else {
            check("", Layout.of(architecture, settings.head()));
            leaveOutClassifier();
        }
        summarise(architecture);
    }

    /** Whether the file holds both encoders, their heads and the queue. */
    boolean isMoco() {
        return moco;
    }

    /** Nothing if the file fits. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** Tensors that are known and of no use here. */
    List<TensorInfo> leftOut() {
        return List.copyOf(leftOut.values());
    }

    private Architecture architecture() {
        Architecture asked = settings.architecture();
        Architecture found = network.architecture().orElse(asked);
        if (!found.equals(asked)) {
            problem("the encoder", describe(asked), describe(found), "set " + options(found));
        }
        return found;
    }

    private void checkCheckpoint(Architecture architecture) {
        Head head = head();
        Layout layout = Layout.of(architecture, head);
        check(QUERY, layout);
        check(KEY, layout);
        checkQueue(head.dimension());
        TensorInfo pointer = take(POINTER);
        if (pointer != null) {
            // (1) in the authors' code.
            boolean one = pointer.shape().isEmpty() || pointer.shape().equals(List.of(1L));
            if (!one || pointer.type() != TensorInfo.Type.I64) {
                problem(POINTER, "I64 [1]", type(pointer), "convert the checkpoint again");
            }
        }
    }

    private Head head() {
        Head asked = settings.head();
        Head found = network.head().orElse(asked);
        if (found.kind() != asked.kind()) {
            String kind = lower(found.kind());
            problem(
                    QUERY + (found.kind() == Head.Kind.MLP ? "fc.0.weight" : "fc.weight"),
                    "head.kind " + lower(asked.kind()),
                    kind,
                    "set head.kind: " + kind);
        }
        if (found.dimension() != asked.dimension()) {
            problem(
                    QUERY + (found.kind() == Head.Kind.MLP ? "fc.2.weight" : "fc.weight"),
                    "head.dimension " + asked.dimension(),
                    "" + found.dimension(),
                    "set head.dimension: " + found.dimension());
        }
        boolean same = found.kind() == asked.kind() && found.dimension() == asked.dimension();
        return same ? asked : found;
    }

    private void checkQueue(int dimension) {
        TensorInfo queue = take(QUEUE);
        if (queue == null) {
            return;
        }
        List<Long> shape = queue.shape();
        boolean sound = shape.size() == 2 && shape.get(0) == dimension;
        if (!sound || queue.type() != TensorInfo.Type.F32) {
            problem(
                    QUEUE,
                    "F32 [%d, %d]".formatted(dimension, queueCapacity),
                    type(queue),
                    "convert the checkpoint again");
        } else if (shape.get(1) != queueCapacity) {
            problem(
                    QUEUE,
                    "contrast.queue-capacity " + queueCapacity,
                    "" + shape.get(1),
                    "set contrast.queue-capacity: " + shape.get(1));
        }
    }

    /** Asks for an encoder's tensors, those of the head only where a checkpoint has them. */
    private void check(String prefix, Layout layout) {
        for (Entry entry : layout.entries()) {
            if (entry.isHead() && !moco) {
                continue;
            }
            boolean counter = entry.kind() == Entry.Kind.BATCHES;
            String name = prefix + entry.name();
            // Files from before PyTorch 0.4.1 lack the counters, which nothing here reads.
            TensorInfo found = counter ? unknown.remove(name) : take(name);
            var expected =
                    new TensorInfo(
                            name,
                            counter ? TensorInfo.Type.I64 : TensorInfo.Type.F32,
                            entry.shape());
            if (found != null && !found.equals(expected)) {
                problem(name, type(expected), type(found), remedy(expected, found));
            }
        }
    }

    private static String remedy(TensorInfo expected, TensorInfo found) {
        return expected.shape().equals(found.shape())
                ? "save it as " + expected.type()
                : "choose a file of torchvision's ResNet";
    }

    /** What an ImageNet classifier has in the place of the projection head. */
    private void leaveOutClassifier() {
        for (String name : List.of("fc.weight", "fc.bias")) {
            TensorInfo tensor = unknown.remove(name);
            if (tensor != null) {
                leftOut.put(name, tensor);
            }
        }
    }

    private void summarise(Architecture architecture) {
        String whole =
                (moco ? "two encoders, queue and queue_ptr of a MoCo checkpoint, " : "")
                        + describe(architecture);
        if (!missing.isEmpty()) {
            problem(
                    list(missing),
                    "all tensors of " + whole,
                    "none of that name",
                    "choose a file that is whole");
        }
        if (!unknown.isEmpty()) {
            problem(
                    list(unknown.keySet().stream().toList()),
                    "only tensors of " + whole,
                    unknown.size() == 1 ? "a tensor not known" : unknown.size() + " not known",
                    "choose a file of torchvision's ResNet, or save it without them");
        }
    }

    private @Nullable TensorInfo take(String name) {
        TensorInfo found = unknown.remove(name);
        if (found == null) {
            missing.add(name);
        }
        return found;
    }

    private void problem(String where, String expected, String got, String remedy) {
        problems.add("%s: expected %s, got %s; %s".formatted(where, expected, got, remedy));
    }

    private static String list(List<String> names) {
        String rest = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
        return names.stream().limit(NAMED).collect(joining(", ")) + rest;
    }

    private static String type(TensorInfo tensor) {
        return tensor.type() + " " + tensor.shape();
    }

    private static String describe(Architecture architecture) {
        String stem = lower(architecture.stem()) + " stem";
        String name = name(architecture);
        return name.equals("custom")
                ? "%s blocks %s of width %d with %s"
                        .formatted(
                                lower(architecture.block()),
                                blocks(architecture),
                                architecture.width(),
                                stem)
                : name + " with " + stem;
    }

    /** The settings that make this network. */
    private static String options(Architecture architecture) {
        String name = name(architecture);
        String common =
                "encoder.architecture: %s, encoder.stem: %s"
                        .formatted(name, lower(architecture.stem()));
        return name.equals("custom")
                ? "%s, encoder.block: %s, encoder.width: %d, encoder.blocks: %s"
                        .formatted(
                                common,
                                lower(architecture.block()),
                                architecture.width(),
                                blocks(architecture))
                : common;
    }

    private static String name(Architecture architecture) {
        Stem stem = architecture.stem();
        Map<Architecture, String> names =
                Map.of(
                        Architecture.resnet18(stem), "resnet18",
                        Architecture.resnet34(stem), "resnet34",
                        Architecture.resnet50(stem), "resnet50");
        return names.getOrDefault(architecture, "custom");
    }

    private static String blocks(Architecture architecture) {
        return architecture.blocks().stream().map(String::valueOf).collect(joining(","));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
