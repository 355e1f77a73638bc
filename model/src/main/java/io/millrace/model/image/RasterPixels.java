package io.millrace.model.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/**
 * From ImageIO's rasters to interleaved RGB. Samples are read as they are stored: {@code
 * BufferedImage.getRGB} would convert grey through a linear gamma.
 */
final class RasterPixels {

    private RasterPixels() {}

    static RgbImage rgb(BufferedImage image) {
        Raster raster = image.getRaster();
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] rgb = new byte[3 * width * height];
        if (image.getColorModel() instanceof IndexColorModel palette) {
            colours(raster, levels(palette), rgb);
        } else if (!isInterleavedColour(raster)) {
            samples(raster, rgb);
        } else {
            interleaved(raster, rgb);
        }
        return new RgbImage(width, height, rgb);
    }

    /** 256 colours, interleaved; black beyond the palette's end. */
    private static byte[] levels(IndexColorModel palette) {
        byte[] levels = new byte[3 * 256];
        for (int i = 0; i < Math.min(256, palette.getMapSize()); i++) {
            levels[3 * i] = (byte) palette.getRed(i);
            levels[3 * i + 1] = (byte) palette.getGreen(i);
            levels[3 * i + 2] = (byte) palette.getBlue(i);
        }
        return levels;
    }

    private static void colours(Raster raster, byte[] levels, byte[] rgb) {
        int width = raster.getWidth();
        int[] row = new int[width * raster.getNumBands()];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int from = 3 * (row[x] & 0xff);
                rgb[to++] = levels[from];
                rgb[to++] = levels[from + 1];
                rgb[to++] = levels[from + 2];
            }
        }
    }

    private static boolean isInterleavedColour(Raster raster) {
        return raster.getNumBands() >= 3
                && raster.getSampleModel() instanceof PixelInterleavedSampleModel
                && raster.getDataBuffer() instanceof DataBufferByte
                && raster.getSampleModelTranslateX() == 0
                && raster.getSampleModelTranslateY() == 0;
    }

    /** Bytes of three or more bands, in whatever order. */
    private static void interleaved(Raster raster, byte[] rgb) {
        PixelInterleavedSampleModel model = (PixelInterleavedSampleModel) raster.getSampleModel();
        DataBufferByte buffer = (DataBufferByte) raster.getDataBuffer();
        byte[] data = buffer.getData();
        int red = model.getBandOffsets()[0] + buffer.getOffset();
        int green = model.getBandOffsets()[1] + buffer.getOffset();
        int blue = model.getBandOffsets()[2] + buffer.getOffset();
        int step = model.getPixelStride();
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            int from = y * model.getScanlineStride();
            for (int x = 0; x < raster.getWidth(); x++, from += step, to += 3) {
                rgb[to] = data[red + from];
                rgb[to + 1] = data[green + from];
                rgb[to + 2] = data[blue + from];
            }
        }
    }

    /** Samples of any width in any layout: grey, grey and alpha, RGB, or RGB and alpha. */
    private static void samples(Raster raster, byte[] rgb) {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        int green = bands >= 3 ? 1 : 0;
        int blue = bands >= 3 ? 2 : 0;
        int[] bits = raster.getSampleModel().getSampleSize();
        int[] row = new int[width * bands];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int from = 0; from < row.length; from += bands) {
                rgb[to++] = level(row[from], bits[0]);
                rgb[to++] = level(row[from + green], bits[green]);
                rgb[to++] = level(row[from + blue], bits[blue]);
            }
        }
    }

    /** A sample of so many bits as one of eight. */
    private static byte level(int sample, int bits) {
        return (byte) (bits >= 8 ? sample >> (bits - 8) : sample * 255 / ((1 << bits) - 1));
    }
}
