package io.millrace.job.feed;

import static java.util.Objects.requireNonNull;

/**
 * One record of the feed.
 *
 * @param index its place in the feed, from 0
 * @param camera the stream it belongs to
 * @param label what it shows, also where the bytes have gone bad
 * @param bytes a JPEG, or what became of it
 */
public record FeedImage(long index, String camera, String label, byte[] bytes) {

    public FeedImage {
        requireNonNull(camera, "camera");
        requireNonNull(label, "label");
        requireNonNull(bytes, "bytes");
    }
}
