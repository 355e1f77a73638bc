package io.millrace.job.bench;

import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.ingest.ImageReader;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.ingest.SourceEntry;
import java.util.ArrayList;
import java.util.List;

/** A few images in memory. */
final class FirstImages {

    private FirstImages() {}

    /** Returns the first images, encoded, at most so many. */
    static List<byte[]> of(ImageSources images, int count) {
        List<byte[]> first = new ArrayList<>();
        try (ImageReader reader = images.open(0, EmbeddedBroker.MAX_RECORD_BYTES)) {
            for (SourceEntry entry = reader.next();
                    entry != null && first.size() < count;
                    entry = reader.next()) {
                if (entry instanceof SourceEntry.Image image) {
                    first.add(image.bytes());
                }
            }
        }
        return first;
    }
}
