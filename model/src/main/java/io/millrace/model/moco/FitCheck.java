package io.millrace.model.moco;

import static io.millrace.model.moco.ArchitectureText.describe;
import static io.millrace.model.moco.ArchitectureText.options;
import static java.util.stream.Collectors.joining;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.snapshot.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
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
    private final Contrast contrast;
    private final boolean moco;
    private final FileNetwork network;

    /** Tensors that nothing has asked for yet, by name. */
    private final Map<String, TensorInfo> unknown = new TreeMap<>();

    private final List<String> missing = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private boolean predictor;

    FitCheck(List<TensorInfo> tensors, EncoderSettings settings, Contrast contrast) {
        this.settings = settings;
        this.contrast = contrast;
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

    /** Whether the file is a MoCo checkpoint, and not a backbone. */
    boolean isMoco() {
        return moco;
    }

    /** Whether keys come from an encoder of their own. */
    boolean hasKeyEncoder() {
        return contrast.mechanism().hasKeyEncoder();
    }

    /** Whether the file's key encoder is taken over. */
    boolean takesKeyEncoder() {
        return moco && hasKeyEncoder();
    }

    /** Whether the file's queue is taken over. */
    boolean takesQueue() {
        return moco && contrast.queued() > 0;
    }

    /** Whether the file's predictor is taken over. */
    boolean takesPredictor() {
        return predictor;
    }

    /** Nothing if the file fits. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** What is known and of no use here, or not there and begins from the seed; a line each. */
    List<String> remarks() {
        return List.copyOf(remarks);
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
        Head head = new HeadCheck(network, architecture).check(settings.head(), problems);
        predictor = head.hasPredictor();
        if (settings.head().hasPredictor() && !predictor) {
            remarks.add(
                    "the file has no " + QUERY + "predictor.*: the predictor starts from the seed");
        }
        check(QUERY, Layout.of(architecture, head));
        if (takesKeyEncoder()) {
            check(KEY, Layout.of(architecture, head.withoutPredictor()));
        }
        if (takesQueue()) {
            checkQueue(head.dimension());
            checkPointer();
        }
        leaveOutWhatTheMechanismLacks();
    }

    private void leaveOutWhatTheMechanismLacks() {
        List<String> names = new ArrayList<>();
        if (!takesKeyEncoder() && unknown.keySet().removeIf(name -> name.startsWith(KEY))) {
            names.add(KEY + "*");
        }
        if (!takesQueue()) {
            Stream.of(QUEUE, POINTER).filter(n -> unknown.remove(n) != null).forEach(names::add);
        }
        if (!names.isEmpty()) {
            remarks.add(
                    "left out %s: contrast.mechanism %s has no %s"
                            .formatted(
                                    String.join(", ", names),
                                    contrast.mechanism().label(),
                                    takesKeyEncoder() ? "queue" : "key encoder and no queue"));
        }
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
                    "F32 [%d, %d]".formatted(dimension, contrast.queueCapacity()),
                    type(queue),
                    "convert the checkpoint again");
        } else if (shape.get(1) != contrast.queueCapacity()) {
            problem(
                    QUEUE,
                    "contrast.queue-capacity " + contrast.queueCapacity(),
                    "" + shape.get(1),
                    "set contrast.queue-capacity: " + shape.get(1));
        }
    }

    private void checkPointer() {
        TensorInfo pointer = take(POINTER);
        if (pointer != null) {
            // (1) in the authors' code.
            boolean one = pointer.shape().isEmpty() || pointer.shape().equals(List.of(1L));
            if (!one || pointer.type() != TensorInfo.Type.I64) {
                problem(POINTER, "I64 [1]", type(pointer), "convert the checkpoint again");
            }
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
        List<TensorInfo> classifier =
                Stream.of("fc.weight", "fc.bias")
                        .map(unknown::remove)
                        .filter(Objects::nonNull)
                        .toList();
        if (!classifier.isEmpty()) {
            List<Long> shape = classifier.get(0).shape();
            remarks.add(
                    "left out %s: a classifier of %s classes, in whose place the projection head begins"
                            .formatted(
                                    classifier.stream()
                                            .map(TensorInfo::name)
                                            .collect(joining(" and ")),
                                    shape.isEmpty() ? "no" : shape.get(0)));
        }
    }

    private void summarise(Architecture architecture) {
        String whole = (moco ? parts() + " of a MoCo checkpoint, " : "") + describe(architecture);
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

    /** Those that are taken. */
    private String parts() {
        String encoders = takesKeyEncoder() ? "two encoders" : "the query encoder";
        return takesQueue() ? encoders + ", queue and queue_ptr" : encoders;
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
}
