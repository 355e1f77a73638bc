package io.millrace.job.probe;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import io.millrace.job.ingest.ImageSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From what a user types to sets of images. */
public final class ImageSets {

    private ImageSets() {}

    /**
     * Checks that everything is there.
     *
     * @param sources folders, archives, {@code kafka:TOPIC} or {@code kafka:TOPIC@START-END}; files
     *     are read before topics
     * @param labels one label for each image of the files; null to go by folders
     * @param bootstrap brokers of the topics
     * @throws CommandFailure if a source is missing or contradicts the labels
     */
    public static ImageSet of(
            List<String> sources, @Nullable Path labels, @Nullable String bootstrap) {
        List<String> files = new ArrayList<>();
        List<ImageSet> topics = new ArrayList<>();
        for (String source : sources) {
            if (source.startsWith(TopicSet.PREFIX)) {
                topics.add(TopicSet.of(source, bootstrap));
            } else {
                files.add(source);
            }
        }
        if (labels != null && !topics.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    labels
                            + ": the records of a topic have their labels in their headers, so a"
                            + " file of labels goes with folders and archives only; drop it, or the"
                            + " topic");
        }
        if (files.isEmpty()) {
            return topics.size() == 1 ? topics.get(0) : new ImageSet.Joined(topics);
        }
        ImageSet images =
                new FileSet(
                        files,
                        labels == null ? "" : labels.toString(),
                        ImageSources.of(files.stream().map(Path::of).toList(), labels));
        if (topics.isEmpty()) {
            return images;
        }
        List<ImageSet> parts = new ArrayList<>(List.of(images));
        parts.addAll(topics);
        return new ImageSet.Joined(parts);
    }
}
