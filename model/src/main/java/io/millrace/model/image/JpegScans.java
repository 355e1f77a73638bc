package io.millrace.model.image;

/** A JPEG from its first scan on: entropy-coded bytes, and segments between scans. */
final class JpegScans {

    private JpegScans() {}

    /** Whether there are more than so many scans; segments may hold what looks like one. */
    static boolean exceed(byte[] bytes, int scan, int limit) {
        int scans = 0;
        for (int i = scan; i + 1 < bytes.length; i++) {
            if (bytes[i] == (byte) 0xff && bytes[i + 1] == (byte) 0xda && ++scans > limit) {
                return true;
            }
        }
        return false;
    }

    /** Whether an end marker follows, going from marker to marker. */
    static boolean end(byte[] bytes, int scan) {
        int at = scan;
        while (at + 1 < bytes.length) {
            int marker = bytes[at + 1] & 0xff;
            if (bytes[at] != (byte) 0xff || marker == 0xff) {
                at++;
            } else if (marker == 0xd9) {
                return true;
            } else if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)) {
                at += 2; // stuffing and restarts carry no segment
            } else if (at + 3 < bytes.length) {
                at += 2 + Math.max(2, ((bytes[at + 2] & 0xff) << 8) | (bytes[at + 3] & 0xff));
            } else {
                return false;
            }
        }
        return false;
    }
}
