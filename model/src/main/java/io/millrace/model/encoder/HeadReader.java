package io.millrace.model.encoder;

import io.millrace.model.encoder.Head.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells which head tensors belong to, by their names and shapes. */
public final class HeadReader {

    private static final String FIRST = "fc.0.weight";
    private static final String PREDICTOR = "predictor.0.weight";

    private HeadReader() {}

    /**
     * The head that has these tensors, as far as the decisive ones tell: others may be missing, or
     * of other shapes.
     *
     * @param shapes by name below the encoder's prefix; other tensors than the head's may be there
     * @param features C, the pooled features that the head's first layer reads
     * @return with 0 hidden units where they are as many as the features
     */
    public static Optional<Head> read(Map<String, List<Long>> shapes, int features) {
        // SimCLR's has the place of MoCo v3's last layer too.
        return List.of(Kind.LINEAR, Kind.MLP, Kind.SIMCLR, Kind.MOCO_V3).stream()
                .filter(kind -> shapes.containsKey(kind.lastWeight()))
                .findFirst()
                .flatMap(kind -> head(kind, shapes))
                .map(head -> head.canonical(features));
    }

    private static Optional<Head> head(Kind kind, Map<String, List<Long>> shapes) {
        int dimension = rows(shapes, kind.lastWeight());
        int hidden = kind == Kind.LINEAR ? 0 : rows(shapes, FIRST);
        return dimension > 0
                ? Optional.of(new Head(kind, dimension, hidden, rows(shapes, PREDICTOR)))
                : Optional.empty();
    }

    /** Outputs of a linear layer; 0 where there is none. */
    private static int rows(Map<String, List<Long>> shapes, String weight) {
        List<Long> shape = shapes.getOrDefault(weight, List.of());
        boolean sound = shape.size() == 2 && shape.get(0) <= Integer.MAX_VALUE;
        return sound ? Math.toIntExact(shape.get(0)) : 0;
    }
}
