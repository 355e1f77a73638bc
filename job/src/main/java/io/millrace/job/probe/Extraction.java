package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import io.millrace.model.image.Decoding;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The features of a set's images, and what was left out.
 *
 * @param labels class name of each image
 * @param features pooled backbone features: (N, C), row-major
 * @param projections the head's output: (N, D), row-major
 * @param rejected images that could not be decoded, by reason
 * @param unlabelled images without a class
 */
record Extraction(
        List<String> labels,
        float[] features,
        float[] projections,
        Map<Decoding.Reason, Integer> rejected,
        int unlabelled) {

    Extraction {
        labels = List.copyOf(labels);
        requireNonNull(features, "features");
        requireNonNull(projections, "projections");
        rejected = new TreeMap<>(rejected);
    }

    /** Images with features. */
    int images() {
        return labels.size();
    }

    /** Images that could not be decoded. */
    int rejections() {
        return rejected.values().stream().mapToInt(Integer::intValue).sum();
    }
}
