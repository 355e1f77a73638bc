package io.millrace.model.encoder;

import java.io.Serializable;
import java.util.List;

/**
 * What turns 8-bit RGB into the network's input: (v / 255 - mean) / std, per channel.
 *
 * @param mean red, green, blue, of 1
 * @param std red, green, blue, of 1
 */
public record Normalization(List<Double> mean, List<Double> std) implements Serializable {

    public static final Normalization IMAGENET =
            new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    public static final Normalization CIFAR10 =
            new Normalization(List.of(0.4914, 0.4822, 0.4465), List.of(0.2023, 0.1994, 0.2010));

    public Normalization {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> !(s > 0))) {
            throw new IllegalArgumentException(
                    "normalization needs three means and three positive standard deviations, got "
                            + mean
                            + " and "
                            + std);
        }
    }
}
