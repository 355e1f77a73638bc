package io.millrace.job.probe;

import static java.util.Objects.requireNonNull;

import io.millrace.model.evaluation.Assessment;
import io.millrace.model.evaluation.Collapse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one encoder is worth on two sets of images.
 *
 * @param knn nearest neighbours on the backbone's features, then, where there is a head, on its
 *     output
 * @param linear by protocol, {@code linear_accuracy}'s first
 * @param features of the test images
 * @param seconds that it took
 */
public record ProbeResult(
        Snapshot snapshot,
        Sets sets,
        ClassNames classes,
        ProbePlan plan,
        List<Knn> knn,
        List<Linear> linear,
        Collapse features,
        double seconds) {

    /**
     * Which encoder.
     *
     * @param step optimiser steps taken
     * @param images trained on, repetitions counted
     * @param resize length that an image's shorter side was brought to, pixels
     * @param side of the square that was cut out of its middle, pixels
     * @param unknownHead why nothing is said of the head that its file holds; null where it has
     *     none, or one that is known
     */
    public record Snapshot(
            Path directory,
            long step,
            long images,
            String weightsSha256,
            int resize,
            int side,
            @Nullable String unknownHead) {
        public Snapshot {
            requireNonNull(directory, "directory");
            requireNonNull(weightsSha256, "weightsSha256");
        }
    }

    /** What the images were. */
    public record Sets(Counts train, Counts test) {
        public Sets {
            requireNonNull(train, "train");
            requireNonNull(test, "test");
        }
    }

    /**
     * One set.
     *
     * @param labels the file they are from; empty where folders or headers tell them
     * @param images with a class and pixels, those that count
     * @param rejected that could not be decoded, by reason
     * @param unlabelled without a class, left out
     */
    public record Counts(
            List<String> sources,
            String labels,
            int images,
            Map<String, Integer> rejected,
            int unlabelled) {

        public Counts {
            requireNonNull(labels, "labels");
            sources = List.copyOf(sources);
            rejected = new TreeMap<>(rejected);
        }

        static Counts of(ImageSet set, Extraction extraction) {
            Map<String, Integer> reasons = new TreeMap<>();
            extraction.rejected().forEach((reason, count) -> reasons.put(reason.name(), count));
            return new Counts(
                    set.sources(),
                    set.labels(),
                    extraction.images(),
                    reasons,
                    extraction.unlabelled());
        }

        /** Images that could not be decoded. */
        int rejections() {
            return rejected.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /**
     * A vote of nearest neighbours.
     *
     * @param on {@code backbone} or {@code head}
     * @param k neighbours that voted
     */
    public record Knn(String on, int k, double temperature, Assessment assessment) {
        public Knn {
            requireNonNull(on, "on");
            requireNonNull(assessment, "assessment");
        }
    }

    /**
     * A linear classifier.
     *
     * @param assessment null if training diverged
     * @param details of the training, by name
     */
    public record Linear(
            ProbePlan.Protocol protocol,
            @Nullable Assessment assessment,
            Map<String, Object> details) {
        public Linear {
            requireNonNull(protocol, "protocol");
            details = new TreeMap<>(details);
        }
    }

    public ProbeResult {
        requireNonNull(snapshot, "snapshot");
        requireNonNull(sets, "sets");
        requireNonNull(classes, "classes");
        requireNonNull(plan, "plan");
        knn = List.copyOf(knn);
        linear = List.copyOf(linear);
        requireNonNull(features, "features");
    }

    /** The answers of nearest neighbours that count: backbone, T 0.1. */
    Assessment knnAssessment() {
        return knn.get(0).assessment();
    }

    /** The answers of the linear classifier that count; null if its training diverged. */
    @Nullable Assessment linearAssessment() {
        return linear.get(0).assessment();
    }
}
