package io.millrace.tests;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.job.feed.FeedImage;
import io.millrace.job.feed.ProceduralFeed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Folders of image files: JPEGs of the procedural feed by class, and files that are none. */
final class Pictures {

    private static final long SEED = 11;

    private Pictures() {}

    /** Writes the feed's first images as {@code class/index.jpg}. */
    static void write(Path folder, int count) throws IOException {
        var feed = new ProceduralFeed(SEED, 0);
        for (int index = 0; index < count; index++) {
            FeedImage image = feed.image(index);
            Path directory = Files.createDirectories(folder.resolve(image.label()));
            Files.write(directory.resolve("%05d.jpg".formatted(index)), image.bytes());
        }
    }

    /**
     * Writes files that cannot be trained on.
     *
     * @return by path below the folder, the reason by which each is set aside
     */
    static Map<String, String> writeHostile(Path folder, int ofEach) throws IOException {
        byte[] jpeg = new ProceduralFeed(SEED, 0).image(0).bytes();
        Map<String, String> reasons = new HashMap<>();
        Files.createDirectories(folder.resolve("hostile"));
        for (int i = 0; i < ofEach; i++) {
            byte[] truncated = Arrays.copyOf(jpeg, jpeg.length / 2 + i);
            reasons.put(put(folder, "truncated-" + i + ".jpg", truncated), "TRUNCATED");
            byte[] text = ("this is no picture " + i).getBytes(US_ASCII);
            reasons.put(put(folder, "text-" + i + ".jpeg", text), "NOT_AN_IMAGE");
            reasons.put(put(folder, "empty-" + i + ".png", new byte[0]), "EMPTY");
            reasons.put(put(folder, "absurd-" + i + ".png", png(65_500, 65_500)), "TOO_LARGE");
        }
        return reasons;
    }

    private static String put(Path folder, String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve("hostile").resolve(name), bytes);
        return "hostile/" + name;
    }

    /** A well-formed PNG that claims that size and has a few bytes of pixels. */
    private static byte[] png(int width, int height) {
        byte[] header = new byte[13];
        ByteBuffer.wrap(header).putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        var pixels = new ByteArrayOutputStream();
        try (var compressed = new DeflaterOutputStream(pixels)) {
            compressed.write(new byte[1000]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var file = new ByteArrayOutputStream();
        file.writeBytes(HexFormat.of().parseHex("89504e470d0a1a0a"));
        file.writeBytes(chunk("IHDR", header));
        file.writeBytes(chunk("IDAT", pixels.toByteArray()));
        file.writeBytes(chunk("IEND", new byte[0]));
        return file.toByteArray();
    }

    private static byte[] chunk(String type, byte[] data) {
        byte[] bytes = new byte[data.length + 12];
        ByteBuffer chunk = ByteBuffer.wrap(bytes);
        chunk.putInt(data.length).put(type.getBytes(US_ASCII)).put(data);
        CRC32 sum = new CRC32();
        sum.update(bytes, 4, data.length + 4);
        chunk.putInt((int) sum.getValue());
        return bytes;
    }
}
