package io.millrace.model.image;

import java.io.Serializable;

/**
 * What an image may ask for before anything is decoded or allocated.
 *
 * @param maxBytes encoded size, bytes
 * @param maxSide width or height, pixels
 * @param maxPixels width times height, of up to 4 bytes a pixel; fewer in proportion of a PNG with
 *     more
 */
public record ImageLimits(int maxBytes, int maxSide, long maxPixels) implements Serializable {

    /** 32 MiB, 16,384 pixels a side, 64 million pixels. */
    public static final ImageLimits DEFAULT = new ImageLimits(32 << 20, 16_384, 64_000_000);

    public ImageLimits {
        if (maxBytes < 1 || maxSide < 1 || maxPixels < 1) {
            throw new IllegalArgumentException(
                    "image limits must be positive, got "
                            + maxBytes
                            + " bytes, side "
                            + maxSide
                            + ", "
                            + maxPixels
                            + " pixels");
        }
    }
}
