package io.millrace.job.probe;

import io.millrace.job.ingest.ImageReader;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.ingest.SourceEntry;
import io.millrace.model.image.ImageLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Folders and archives. */
record FileSet(List<String> sources, String labels, ImageSources images) implements ImageSet {

    FileSet {
        sources = List.copyOf(sources);
    }

    @Override
    public Reader open() {
        ImageReader reader = images.open(0, ImageLimits.DEFAULT.maxBytes());
        double size = Math.max(1, images.size());
        return new Reader() {
            @Override
            public @Nullable Entry next() {
                SourceEntry entry = reader.next();
                if (entry == null) {
                    return null;
                }
                return entry instanceof SourceEntry.Image image
                        ? new Entry(image.label(), image.bytes())
                        : new Entry(null, null);
            }

            @Override
            public double fraction() {
                return Math.min(1, reader.passed() / size);
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }
}
