package io.millrace.model.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.image.RgbImage;
import io.millrace.model.snapshot.Python;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationViewTest {

    /** Width, height, resize, side: larger and smaller, odd margins, narrow, halves to even. */
    private static final int[][] CASES = {
        {500, 375, 256, 224},
        {375, 500, 256, 224},
        {224, 224, 224, 224},
        {32, 32, 32, 32},
        {33, 32, 32, 32},
        {37, 61, 73, 64},
        {61, 37, 73, 64},
        {20, 17, 32, 29},
        {17, 20, 36, 31},
        {301, 3, 7, 6},
        {3, 301, 8, 5},
        {1, 1, 4, 3},
        {12, 1300, 10, 8},
        {12, 1200, 10, 8},
        {1300, 12, 10, 8},
        {1024, 683, 64, 64},
        {97, 96, 48, 42},
        {255, 256, 146, 128}
    };

    @TempDir private Path directory;

    @Test
    @Tag("parity")
    void render_equalsTorchvision() throws Exception {
        List<Object> arguments = new ArrayList<>();
        List<String> ours = new ArrayList<>();
        for (int[] one : CASES) {
            RgbImage image = image(one[0], one[1]);
            Path file = directory.resolve(one[0] + "x" + one[1] + ".rgb");
            arguments.add(Files.write(file, image.rgb()));
            for (int number : one) {
                arguments.add(number);
            }
            byte[] view = new EvaluationView(one[2], one[3]).render(image);
            ours.add(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(view)));
        }

        String theirs =
                Python.run("torchvision_models,PIL", "reference_view.py", arguments.toArray());

        assertThat(ours).isEqualTo(theirs.lines().toList());
    }

    @Test
    void render_returnsTheImage_whenItHasTheViewsSize() {
        RgbImage image = image(32, 32);

        assertThat(new EvaluationView(32, 32).render(image)).isEqualTo(image.rgb());
    }

    @Test
    void render_keepsOneColour_atEverySize() {
        byte[] rgb = new byte[40 * 30 * 3];
        java.util.Arrays.fill(rgb, (byte) 200);

        byte[] view = new EvaluationView(64, 56).render(new RgbImage(40, 30, rgb));

        assertThat(view).hasSize(56 * 56 * 3).containsOnly((byte) 200);
    }

    @Test
    void view_saysWhatWouldWork_whenTheSquareIsLargerThanTheImage() {
        assertThatThrownBy(() -> new EvaluationView(223, 224))
                .hasMessageContaining("side 224 and resize 223")
                .hasMessageContaining("224 and 256");
    }

    private static RgbImage image(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        new Random(width * 1000L + height).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }
}
