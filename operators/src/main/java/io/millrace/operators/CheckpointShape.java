package io.millrace.operators;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.moco.Contrast;
import io.millrace.model.moco.MocoSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a checkpoint's tensors must fit, as {@code key=value} of the settings that decide it: two
 * that fit have the same.
 */
final class CheckpointShape {

    /** What to do where a checkpoint does not fit. */
    static final String WAY_ACROSS =
            "begin a new run with --init-from RUN/snapshots/default/latest, which takes the encoder"
                    + " over where the backbone is the same, and leaves optimiser and queue behind";

    private static final String BETWEEN = "; ";
    private static final String NOTHING = "none";

    private CheckpointShape() {}

    static String of(MocoSettings settings) {
        Map<String, Object> shape = new LinkedHashMap<>();
        Architecture architecture = settings.encoder().architecture();
        shape.put("encoder.block", label(architecture.block()));
        shape.put("encoder.stem", label(architecture.stem()));
        shape.put("encoder.width", architecture.width());
        shape.put(
                "encoder.blocks",
                architecture.blocks().stream().map(n -> "" + n).collect(Collectors.joining(",")));
        Head head = settings.encoder().head();
        shape.put("head.kind", head.kind().label());
        shape.put("head.dimension", head.dimension());
        shape.put("head.hidden", head.hidden());
        shape.put("head.predictor", head.predictor());
        putKeys(shape, settings.contrast(), settings.batchSize());
        // The partial batch holds views.
        shape.put("views.side", settings.side());
        return shape.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(BETWEEN));
    }

    private static void putKeys(Map<String, Object> shape, Contrast contrast, int batchSize) {
        shape.put("contrast.mechanism", label(contrast.mechanism()));
        switch (contrast.mechanism()) {
            case MOMENTUM_QUEUE -> {
                shape.put("contrast.queue-capacity", contrast.queueCapacity());
                // The rows of a queue entry.
                shape.put("training.batch-size", batchSize);
            }
            case MEMORY_BANK -> shape.put("contrast.bank.capacity", contrast.bank().capacity());
            case MOMENTUM_BATCH, END_TO_END -> {}
        }
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The settings in which two shapes differ, with both values. */
    static String difference(String saved, String asked) {
        Map<String, String> before = parts(saved);
        Map<String, String> now = parts(asked);
        var keys = new TreeSet<>(before.keySet());
        keys.addAll(now.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            String was = before.getOrDefault(key, NOTHING);
            String is = now.getOrDefault(key, NOTHING);
            if (!was.equals(is)) {
                differences.add("%s is %s there and %s here".formatted(key, was, is));
            }
        }
        return String.join(", ", differences);
    }

    private static Map<String, String> parts(String shape) {
        return Arrays.stream(shape.split(BETWEEN))
                .map(part -> part.split("=", 2))
                .collect(
                        Collectors.toMap(
                                part -> part[0], part -> part.length == 2 ? part[1] : NOTHING));
    }
}
