package io.millrace.model.augment;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.model.augment.ViewParameters.Adjustment;
import io.millrace.model.augment.ViewParameters.Box;
import io.millrace.model.augment.ViewParameters.Operation;
import io.millrace.model.image.Decoding;
import io.millrace.model.image.Fixtures;
import io.millrace.model.image.ImageDecoder;
import io.millrace.model.image.ImageLimits;
import io.millrace.model.image.NativeCodecs;
import io.millrace.model.image.RgbImage;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Views by Pillow and torchvision, equal after every stage: 442 in the shared folder's file. */
@Tag("parity")
class ViewsParityTest {

    private final Map<String, Map<String, byte[]>> archives = new HashMap<>();
    private final Map<Integer, ViewRenderer> renderers = new HashMap<>();

    @Test
    void everyStage_equalsPillow_whenTheSystemLendsItsCodecs() throws Exception {
        assumeTrue(
                NativeCodecs.system().equals(new NativeCodecs(true, true)),
                "libjpeg-turbo or libwebp is absent; install libturbojpeg0 and libwebp7");

        assertThat(rejected(NativeCodecs.system())).allMatch(name -> name.endsWith(".tif"));
    }

    @Test
    void everyStage_equalsPillow_whenOnlyTheJdkDecodes() throws Exception {
        assertThat(rejected(NativeCodecs.NONE))
                .allMatch(name -> name.matches(".*(\\.tif|\\.webp|arithmetic.*)"));
    }

    /** Files that are rejected by the name of their format; all other rows must be equal. */
    private List<String> rejected(NativeCodecs codecs) throws Exception {
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, codecs);
        List<String> lines = Files.readAllLines(Fixtures.parity("views.csv"));
        List<String> columns = List.of(lines.get(0).split(",", -1));
        List<String> different = new ArrayList<>();
        List<String> unsupported = new ArrayList<>();
        int equal = 0;
        for (String line : lines.subList(1, lines.size())) {
            Map<String, String> row = new HashMap<>();
            String[] cells = line.split(",", -1);
            for (int i = 0; i < cells.length; i++) {
                row.put(columns.get(i), cells[i]);
            }
            byte[] file = requireNonNull(archive(cell(row, "tar")).get(cell(row, "file")), line);
            Decoding decoding = decoder.decode(file);
            if (decoding instanceof Decoding.Rejected rejected
                    && rejected.reason() == Decoding.Reason.UNSUPPORTED_FORMAT) {
                unsupported.add(cell(row, "file"));
                continue;
            }
            String outcome = outcome(decoding, row);
            if (outcome.isEmpty()) {
                equal++;
            } else {
                different.add(cell(row, "file") + ": " + outcome);
            }
        }
        decoder.close();
        assertThat(different).as("rows that differ; %d are equal", equal).isEmpty();
        assertThat(equal).isPositive().isEqualTo(lines.size() - 1 - unsupported.size());
        return unsupported;
    }

    private Map<String, byte[]> archive(String name) {
        return archives.computeIfAbsent(name, n -> Fixtures.archive(Fixtures.data(n)));
    }

    /** Empty, or the first stage that differs. */
    private String outcome(Decoding decoding, Map<String, String> row) {
        if (!(decoding instanceof Decoding.Decoded decoded)) {
            return decoding.toString();
        }
        RgbImage image = decoded.image();
        ViewRenderer renderer =
                renderers.computeIfAbsent(number(row, "size"), side -> new ViewRenderer(side));
        if (!cell(row, "decoded_sha256").equals(sha256(image.rgb()))) {
            return "decoded";
        }
        renderer.crop(
                image,
                new Box(
                        number(row, "top"),
                        number(row, "left"),
                        number(row, "crop_height"),
                        number(row, "crop_width")));
        if (differs(renderer, row, "cropped")) {
            return "cropped";
        }
        renderer.adjust(jitter(row));
        if (differs(renderer, row, "jittered")) {
            return "jittered " + jitter(row);
        }
        if (number(row, "gray") == 1) {
            renderer.grayscale();
        }
        if (differs(renderer, row, "grayed")) {
            return "grayed";
        }
        renderer.blur(cell(row, "sigma").isEmpty() ? 0 : Double.parseDouble(cell(row, "sigma")));
        if (differs(renderer, row, "blurred")) {
            return "blurred by " + cell(row, "sigma");
        }
        byte[] view = renderer.pixels(number(row, "flip") == 1);
        return cell(row, "view_sha256").equals(sha256(view)) ? "" : "view";
    }

    private static boolean differs(ViewRenderer renderer, Map<String, String> row, String stage) {
        return !cell(row, stage + "_sha256").equals(sha256(renderer.pixels(false)));
    }

    private static List<Adjustment> jitter(Map<String, String> row) {
        List<Adjustment> adjustments = new ArrayList<>();
        for (char letter : cell(row, "jitter_order").toCharArray()) {
            Operation operation =
                    switch (letter) {
                        case 'b' -> Operation.BRIGHTNESS;
                        case 'c' -> Operation.CONTRAST;
                        case 's' -> Operation.SATURATION;
                        case 'h' -> Operation.HUE;
                        default -> throw new IllegalArgumentException("operation " + letter);
                    };
            String column = operation.name().toLowerCase(java.util.Locale.ROOT);
            adjustments.add(new Adjustment(operation, Double.parseDouble(cell(row, column))));
        }
        return adjustments;
    }

    private static String cell(Map<String, String> row, String column) {
        String cell = row.get(column);
        if (cell == null) {
            throw new IllegalArgumentException("views.csv has no column " + column);
        }
        return cell;
    }

    private static int number(Map<String, String> row, String column) {
        return Integer.parseInt(cell(row, column));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
