package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.model.image.RgbImage;
import io.millrace.model.stream.Position;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Heap that views take: scratch once, then the views themselves and next to nothing else. */
class AllocationTest {

    private static final int SIDE = 224;
    private static final int VIEW_BYTES = 3 * SIDE * SIDE;
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
        byte[] rgb = new byte[3 * 500 * 375];
        new Random(3).nextBytes(rgb);
        return new RgbImage(500, 375, rgb);
    }
}
