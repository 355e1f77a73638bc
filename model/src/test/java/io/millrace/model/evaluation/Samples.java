package io.millrace.model.evaluation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Random features of classes that overlap, and files that Python reads them from. */
final class Samples {

    private Samples() {}

    /** Class k's mean is at {@code apart} on axis k; axes differ in offset and spread. */
    static LabelledFeatures features(long seed, int rows, int width, int classes, double apart) {
        var random = new Random(seed);
        float[] values = new float[rows * width];
        int[] targets = new int[rows];
        for (int row = 0; row < rows; row++) {
            targets[row] = random.nextInt(classes);
            for (int c = 0; c < width; c++) {
                double value = random.nextGaussian() + (c == targets[row] ? apart : 0);
                values[row * width + c] = (float) (value * (1 + c % 3) + c % 5 * 0.5);
            }
        }
        return new LabelledFeatures(width, values, targets);
    }

    /** Little-endian float32. */
    static void write(Path file, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }

    /** Little-endian int32. */
    static void write(Path file, int[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        Files.write(file, bytes.array());
    }
}
