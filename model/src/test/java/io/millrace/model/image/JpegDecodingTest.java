package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.image.Decoding.Decoded;
import io.millrace.model.image.Decoding.Reason;
import io.millrace.model.image.Decoding.Rejected;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * JPEGs on which libjpeg 6b, the one in most JDKs, is not libjpeg-turbo: 13 x 19 pixels by cjpeg
 * 2.1.5, hashes of Pillow 12.3.0's pixels.
 */
class JpegDecodingTest {

    // Chroma with all columns and half the rows (cjpeg -sample 1x2,1x1,1x1 -optimize).
    private static final String YCC_440 =
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikx"
                    + "MC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01"
                    + "T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAAR"
                    + "CAATAA0DARIAAhEBAxEB/8QAGAAAAwEBAAAAAAAAAAAAAAAAAAQFAwb/xAAgEAABBAIBBQAA"
                    + "AAAAAAAAAAABAAIDBBExEwUSISJR/8QAGAEAAgMAAAAAAAAAAAAAAAAAAwUCBAb/xAAeEQAC"
                    + "AgICAwAAAAAAAAAAAAABAwACBBIFEQYjMf/aAAwDAQACEQMRAD8AsRVzxPH0LO3ZMTfU7UTl"
                    + "uuezYQd0qxj7px9/ocj7b3A7KqystSP7m5wU0XzjaV17jJXGJZXarAI/f21CyKoo8g+CNQAc"
                    + "Q8IRjKqCdBP/2Q==";

    // Green stored so, red and blue whole (-rgb -sample 1x2,1x1,1x2 -optimize).
    private static final String RGB_440 =
            "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAu"
                    + "KS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/8AAEQgAEwANA1ISAEcRAEISAP/E"
                    + "ABkAAAMBAQEAAAAAAAAAAAAAAAAFBgQHA//EACYQAAEDAwMDBQEAAAAAAAAAAAEAAgMEBRES"
                    + "ITEGE1EHFSIzQZH/2gAMA1IARwBCAAA/ANVrsz6yOQcbfq2dUXAWJ0fYOkOOCnIfEYninY4b"
                    + "bgqkl6jiqy0NGMKcmrKGNp7WMqEuHSdU2tk05xldSt9bbamijllwXuGSoS40UDqx7nWyqcSd"
                    + "y0bFW0N6hETQSOFzWSuqC86HHSo31UJAhx5Qru3clJS52oblC8bQ93t8XyPCEx0jwP4msP1h"
                    + "C//Z";

    // A frame of motion JPEG: cjpeg's, with its Huffman tables, the standard's, cut out.
    private static final String WITHOUT_TABLES =
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikx"
                    + "MC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01"
                    + "T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAAR"
                    + "CAATAA0DASIAAhEBAxEB/9oADAMBAAIRAxEAPwDYitz5Tj1FcXf6HI927A9TXYXdyYl+U9ax"
                    + "JUupH3LnBrowuaVqEnK6dzXD4OlUm6TlaS7l+/6rVqADyhxRRXz1P4TzMU/9umf/2Q==";

    // Grey, with arithmetic coding.
    private static final String ARITHMETIC =
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikx"
                    + "MC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//yQALCAATAA0BAREA/8wABgAQ"
                    + "EAX/2gAIAQEAAD8A0dWMOCix6BK6gIEuw8oc5c6ResIXUwL2nHQRY17g1R6WwGA6Z0xJ8FR5"
                    + "HkYg/9k=";

    /** Whether the JDK links or has a libjpeg that reads arithmetic coding, as turbo does. */
    static boolean jdkReadsArithmetic() {
        try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, NativeCodecs.NONE)) {
            return decoder.decode(base64(ARITHMETIC)) instanceof Decoded;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void decode_equalsPillow_whenComponentsHaveHalfTheRows(boolean system) throws Exception {
        try (ImageDecoder decoder = decoder(system)) {
            assertThat(pixels(decoder, base64(YCC_440)))
                    .isEqualTo("0cfe5dcd20f3e396e14c841273bb91e1f07f4209ac6c76c7b2f8aae0a96bea23");
            assertThat(pixels(decoder, base64(RGB_440)))
                    .isEqualTo("7370b419b60a922126a5585015797077123519c8395b379ee5b42d80d183bb72");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void decode_equalsPillow_whenHuffmanTablesAreLeftOut(boolean system) throws Exception {
        try (ImageDecoder decoder = decoder(system)) {
            decoder.decode(base64(YCC_440)); // whose tables are others
            assertThat(pixels(decoder, base64(WITHOUT_TABLES)))
                    .isEqualTo("f21d857a3f220b51b4a727774186d9942847beac452223845a2c4673904ab7c6");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void decode_forgetsTables_whenTheNextFileNamesThemWithoutDefiningThem(boolean system)
            throws Exception {
        byte[] defining = base64(YCC_440);
        byte[] naming = defining.clone();
        int scan = HexFormat.of().formatHex(defining).indexOf("ffda000c03") / 2;
        int codes = HexFormat.of().formatHex(defining).indexOf("ffc40018") / 2;
        // The first component's tables become DC 2 here, where it is defined, and there.
        defining[codes + 4] = 2;
        defining[scan + 6] = 0x20;
        naming[scan + 6] = 0x20;
        try (ImageDecoder decoder = decoder(system)) {
            assertThat(pixels(decoder, defining))
                    .isEqualTo("0cfe5dcd20f3e396e14c841273bb91e1f07f4209ac6c76c7b2f8aae0a96bea23");

            assertThat(decoder.decode(naming))
                    .isInstanceOfSatisfying(
                            Rejected.class,
                            it -> assertThat(it.reason()).isEqualTo(Reason.CORRUPT));
        }
    }

    @Test
    void decode_rejectsByName_whenTheJdkCannotReadArithmeticCoding() throws Exception {
        try (ImageDecoder decoder = decoder(false)) {
            if (jdkReadsArithmetic()) {
                assertThat(pixels(decoder, base64(ARITHMETIC)))
                        .isEqualTo(
                                "cf11daf634f7a962cd3dd06fc934cec91726f58befbc989a57dc98ba85c30b2e");
            } else {
                assertThat(decoder.decode(base64(ARITHMETIC)))
                        .isInstanceOfSatisfying(
                                Rejected.class,
                                it -> assertThat(it.reason()).isEqualTo(Reason.UNSUPPORTED_FORMAT));
            }
        }
    }

    /** With the system's libraries, if there are any, or the JDK alone. */
    private static ImageDecoder decoder(boolean system) {
        return new ImageDecoder(
                ImageLimits.DEFAULT, system ? NativeCodecs.system() : NativeCodecs.NONE);
    }

    private static String pixels(ImageDecoder decoder, byte[] encoded) throws Exception {
        Decoding decoding = decoder.decode(encoded);
        assertThat(decoding).isInstanceOf(Decoded.class);
        byte[] rgb = ((Decoded) decoding).image().rgb();
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(rgb));
    }

    private static byte[] base64(String text) {
        return Base64.getDecoder().decode(text);
    }
}
