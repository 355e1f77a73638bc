package io.millrace.job.bench;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.model.augment.Augmenter;
import io.millrace.model.augment.Recipe;
import io.millrace.model.image.Decoding;
import io.millrace.model.image.ImageDecoder;
import io.millrace.model.image.ImageLimits;
import io.millrace.model.stream.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Decoding and two views of each image, in plain threads. */
final class AugmentBench {

    private static final double WARM_UP_SECONDS = 2;

    private AugmentBench() {}

    /**
     * Returns decoded images/s over about so many seconds.
     *
     * @throws CommandFailure if none of the images can be decoded
     */
    static double imagesPerSecond(List<byte[]> images, Recipe recipe, double seconds) {
        var decoder = new ImageDecoder(ImageLimits.DEFAULT);
        var augmenter = new Augmenter(recipe, 0);
        if (images.stream().noneMatch(i -> decoder.decode(i) instanceof Decoding.Decoded)) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    "none of the first "
                            + images.size()
                            + " images of the sources can be decoded; give other sources");
        }
        run(images, decoder, augmenter, WARM_UP_SECONDS);
        return run(images, decoder, augmenter, seconds);
    }

    /**
     * Returns the sum of the rates of so many threads that share nothing: what the machine's cores
     * give at the same time.
     */
    static double imagesPerSecond(List<byte[]> images, Recipe recipe, double seconds, int threads)
            throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Double>> rates = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                rates.add(pool.submit(() -> imagesPerSecond(images, recipe, seconds)));
            }
            double sum = 0;
            for (Future<Double> rate : rates) {
                sum += rate.get();
            }
            return sum;
        } finally {
            pool.shutdown();
        }
    }

    private static double run(
            List<byte[]> images, ImageDecoder decoder, Augmenter augmenter, double seconds) {
        long began = System.nanoTime();
        long done = 0;
        long decodedImages = 0;
        long sum = 0;
        while (System.nanoTime() - began < seconds * 1e9) {
            byte[] encoded = images.get((int) (done % images.size()));
            if (decoder.decode(encoded) instanceof Decoding.Decoded decoded) {
                var position = new Position("bench", 0, done, 0);
                sum += augmenter.pair(decoded.image(), position)[0];
                decodedImages++;
            }
            done++;
        }
        if (sum == Long.MIN_VALUE) {
            throw new IllegalStateException(
                    "unreachable; keeps the views from being optimised away");
        }
        return decodedImages * 1e9 / (System.nanoTime() - began);
    }
}
