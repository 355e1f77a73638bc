package io.millrace.model.image;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.Decoding.Rejected;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One picture three times in 41 kinds: JPEG of every sampling and coding, PNG, WebP, GIF, BMP and
 * TIFF; pixels as of Pillow 12.3.0.
 */
@Tag("parity")
class FormatsParityTest {

    @Test
    void decode_equalsPillow_whenTheSystemLendsItsCodecs() throws Exception {
        assumeTrue(
                NativeCodecs.system().equals(new NativeCodecs(true, true)),
                "libjpeg-turbo or libwebp is absent; install libturbojpeg0 and libwebp7");

        assertThat(rejectedOfVariants(NativeCodecs.system()))
                .hasSize(3)
                .allMatch(name -> name.endsWith(".tif"));
    }

    @Test
    void decode_equalsPillow_whenOnlyTheJdkDecodes() throws Exception {
        assertThat(rejectedOfVariants(NativeCodecs.NONE))
                .hasSizeBetween(9, 12) // arithmetic coding depends on the libjpeg of the JDK
                .allMatch(name -> name.matches(".*(\\.tif|\\.webp|arithmetic.*)"));
    }

    /** Files that are rejected by the name of their format; all others must equal Pillow's. */
    private static List<String> rejectedOfVariants(NativeCodecs codecs) throws Exception {
        var pillow = PillowOutcomes.ofShared("photos-variants");
        List<String> rejected = new ArrayList<>();
        List<String> different = new ArrayList<>();
        try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, codecs)) {
            for (var file : Fixtures.archive(Fixtures.data("photos-variants.tar")).entrySet()) {
                Decoding decoding = decoder.decode(file.getValue());
                String expected = requireNonNull(pillow.get(file.getKey())).sha256();
                if (decoding instanceof Decoded decoded) {
                    byte[] rgb = decoded.image().rgb();
                    byte[] hash = MessageDigest.getInstance("SHA-256").digest(rgb);
                    if (!HexFormat.of().formatHex(hash).startsWith(expected)) {
                        different.add(file.getKey());
                    }
                } else if (decoding instanceof Rejected it) {
                    assertThat(it.reason()).as("%s", it).isEqualTo(Reason.UNSUPPORTED_FORMAT);
                    rejected.add(file.getKey());
                }
            }
        }
        assertThat(different).isEmpty();
        return rejected;
    }
}
