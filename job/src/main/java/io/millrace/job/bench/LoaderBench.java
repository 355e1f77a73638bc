package io.millrace.job.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.augment.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A PyTorch DataLoader with the same transforms, which feeds nothing: {@code loader.py}. */
final class LoaderBench {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PythonProgram program;
    private final Path folder;

    /**
     * Writes the images to the folder, where the loader finds them.
     *
     * @param python interpreter that has torch, torchvision and Pillow
     * @param folder new
     */
    LoaderBench(String python, List<byte[]> images, Path folder) throws IOException {
        this.program = new PythonProgram(python, "loader.py");
        this.folder = Files.createDirectories(folder);
        for (int i = 0; i < images.size(); i++) {
            Files.write(folder.resolve("%06d".formatted(i)), images.get(i));
        }
    }

    /**
     * Returns images/s of an epoch.
     *
     * @param images of the epoch
     * @param workers processes
     */
    double imagesPerSecond(Recipe recipe, int images, int batchSize, int workers)
            throws IOException, InterruptedException {
        return program.imagesPerSecond(
                List.of(
                        folder.toString(),
                        JSON.writeValueAsString(recipe),
                        "" + images,
                        "" + batchSize,
                        "" + workers));
    }
}
