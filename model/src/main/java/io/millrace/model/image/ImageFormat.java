package io.millrace.model.image;

/** An image format, known by its first bytes; file names and content types are not trusted. */
enum ImageFormat {
    JPEG("\u00ff\u00d8\u00ff", 0),
    PNG("\u0089PNG\r\n\u001a\n", 0),
    GIF("GIF8", 0),
    BMP("BM", 0),
    WEBP("WEBP", 8),
    TIFF_LITTLE_ENDIAN("II*\0", 0),
    TIFF_BIG_ENDIAN("MM\0*", 0),
    BIG_TIFF_LITTLE_ENDIAN("II+\0", 0),
    BIG_TIFF_BIG_ENDIAN("MM\0+", 0),
    AVIF("ftypavi", 4),
    HEIF("ftyphe", 4),
    HEIF_IMAGE("ftypmif1", 4),
    JPEG_2000("\0\0\0\u000cjP  ", 0),
    JPEG_2000_CODESTREAM("\u00ffO\u00ffQ", 0),
    JPEG_XL("\0\0\0\u000cJXL ", 0),
    JPEG_XL_CODESTREAM("\u00ff\n", 0),
    ICO("\0\0\1\0", 0),
    CUR("\0\0\2\0", 0),
    PHOTOSHOP("8BPS", 0),
    QOI("qoif", 0),
    DDS("DDS ", 0),
    UNKNOWN("", 0);

    private final String magic;
    private final int at;

    ImageFormat(String magic, int at) {
        this.magic = magic;
        this.at = at;
    }

    static ImageFormat of(Bytes bytes) {
        for (ImageFormat format : values()) {
            if (bytes.holds(format.at, format.magic)) {
                return format;
            }
        }
        return UNKNOWN;
    }
}
