package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.model.image.Decoding;
import io.millrace.model.image.ImageDecoder;
import io.millrace.model.image.ImageLimits;
import io.millrace.model.image.NativeCodecs;
import io.millrace.model.image.RgbImage;
import io.millrace.model.stream.Position;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Heap that views take: scratch once, then the views themselves and next to nothing else. */
class AllocationTest {

    private static final int SIDE = 224;
    private static final int VIEW_BYTES = 3 * SIDE * SIDE;
    private static final int WIDTH = 500;
    private static final int HEIGHT = 375;
    private static final int IMAGE_BYTES = 3 * WIDTH * HEIGHT;
    private static final int PAIRS = 40;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void view_allocatesItselfAndLittleElse_onceThereIsScratch() {
        RgbImage image = image();
        run(new Augmenter(Recipes.mocoV2(SIDE), 1), image, 0); // loads classes and their tables
        long begin = allocated();
        Augmenter augmenter = new Augmenter(Recipes.mocoV2(SIDE), 1);
        run(augmenter, image, 0);
        long warm = allocated();
        run(augmenter, image, PAIRS);
        long perPair = (allocated() - warm) / PAIRS;
        long scratch = warm - begin - PAIRS * perPair;

        assertThat(perPair).isBetween(2L * VIEW_BYTES, 2L * VIEW_BYTES + 8192);
        assertThat(scratch).isBetween(1L << 20, 4L << 20);
    }

    /**
     * As in the job, where an image lies in the decoder's memory until the next one: the scratch
     * has that memory in it. The library's own buffers are not on the heap and not counted.
     */
    @Test
    void decodeAndPair_allocateViewsAndLittleElse_onceThereIsScratch() throws IOException {
        NativeCodecs codecs = NativeCodecs.system();
        assumeTrue(codecs.jpeg(), "libjpeg-turbo is absent; install libturbojpeg0");
        byte[] encoded = jpeg();
        try (var first = ImageDecoder.reusing(ImageLimits.DEFAULT, codecs)) {
            run(first, new Augmenter(Recipes.mocoV2(SIDE), 1), encoded, 0);
        }
        long begin = allocated();
        Augmenter augmenter = new Augmenter(Recipes.mocoV2(SIDE), 1);
        try (var decoder = ImageDecoder.reusing(ImageLimits.DEFAULT, codecs)) {
            run(decoder, augmenter, encoded, 0);
            long warm = allocated();
            run(decoder, augmenter, encoded, PAIRS);
            long perPair = (allocated() - warm) / PAIRS;
            long scratch = warm - begin - PAIRS * perPair;

            assertThat(perPair).isBetween(2L * VIEW_BYTES, 2L * VIEW_BYTES + 8192);
            assertThat(scratch).isBetween((long) IMAGE_BYTES, 4L << 20);
        }
    }

    private static void run(ImageDecoder decoder, Augmenter augmenter, byte[] encoded, int from) {
        for (int i = from; i < from + PAIRS; i++) {
            pair(augmenter, ((Decoding.Decoded) decoder.decode(encoded)).image(), i);
        }
    }

    private static void run(Augmenter augmenter, RgbImage image, int from) {
        for (int i = from; i < from + PAIRS; i++) {
            pair(augmenter, image, i);
        }
    }

    private static void pair(Augmenter augmenter, RgbImage image, int offset) {
        Position position = new Position("images", 0, offset, 0);
        if (augmenter.pair(image, position).length != 2 * VIEW_BYTES) {
            throw new AssertionError("views of another size");
        }
    }

    private long allocated() {
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static RgbImage image() {
        byte[] rgb = new byte[IMAGE_BYTES];
        new Random(3).nextBytes(rgb);
        return new RgbImage(WIDTH, HEIGHT, rgb);
    }

    private static byte[] jpeg() throws IOException {
        var picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(4);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            picture.setRGB(i % WIDTH, i / WIDTH, random.nextInt());
        }
        var out = new ByteArrayOutputStream();
        ImageIO.write(picture, "jpeg", out);
        return out.toByteArray();
    }
}
