package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mutated files: any outcome, no exception. Crashes of native code would end this process. */
class FuzzTest {

    /** A WebP of 3 x 2 pixels, lossless, written by Pillow 12.3.0. */
    private static final String WEBP =
            "UklGRjIAAABXRUJQVlA4TCUAAAAvAkAAAC9w9v9RUNi2DQqLg/mPUNIslw9q2jZgQ51/OTWi/zG9AA==";

    @Test
    void decode_returnsAnOutcome_whenFilesAreMutated() throws IOException {
        Map<String, Integer> outcomes = new FuzzRun().run(new Mutations(small()), 1, 3000);

        assertThat(outcomes).containsKeys("jdk decoded", "jdk CORRUPT", "jdk TRUNCATED");
        assertThat(outcomes.values().stream().mapToInt(n -> n).sum()).isEqualTo(6000);
    }

    /** As many as {@code -Dmillrace.fuzz.count} says, of the shared archives' files. */
    @Test
    @Tag("fuzz")
    void decode_returnsAnOutcome_whenSharedFilesAreMutated() {
        long count = Long.getLong("millrace.fuzz.count", 1000);
        long first = Long.getLong("millrace.fuzz.first", 1);
        List<byte[]> files = new ArrayList<>();
        for (String archive : List.of("photos-variants.tar", "image-robustness.tar")) {
            files.addAll(FuzzRun.startingPoints(Fixtures.data(archive)));
        }

        Map<String, Integer> outcomes = new FuzzRun().run(new Mutations(files), first, count);

        System.out.println(count + " files from seed " + first + ": " + outcomes);
        assertThat(outcomes.values().stream().mapToLong(n -> n).sum()).isEqualTo(2 * count);
    }

    private static List<byte[]> small() throws IOException {
        BufferedImage picture = new BufferedImage(23, 17, BufferedImage.TYPE_INT_RGB);
        BufferedImage indexed = new BufferedImage(23, 17, BufferedImage.TYPE_BYTE_INDEXED);
        Random random = new Random(5);
        for (int i = 0; i < 23 * 17; i++) {
            picture.setRGB(i % 23, i / 23, random.nextInt(1 << 24));
            indexed.setRGB(i % 23, i / 23, random.nextInt(1 << 24));
        }
        List<byte[]> files = new ArrayList<>();
        for (String format : List.of("jpeg", "png", "bmp")) {
            files.add(encoded(picture, format));
        }
        for (String format : List.of("gif", "png", "bmp")) {
            files.add(encoded(indexed, format));
        }
        files.add(Base64.getDecoder().decode(WEBP));
        return files;
    }

    private static byte[] encoded(BufferedImage picture, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, format, out)).as(format).isTrue();
        return out.toByteArray();
    }
}
