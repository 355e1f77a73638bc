package io.millrace.job.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.augment.Recipe;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.snapshot.EncoderScript;
import io.millrace.model.torch.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A PyTorch DataLoader with the same transforms, which feeds nothing or a training step of the same
 * encoder: {@code loader.py}.
 */
final class LoaderBench {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PythonProgram program;
    private final Path folder;
    private final Path encoder;

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
        this.encoder = folder.resolveSibling("encoder.py");
        Files.write(encoder, EncoderScript.text());
    }

    /**
     * Returns images/s of an epoch that feeds nothing.
     *
     * @param images of the epoch
     * @param workers processes
     */
    double feeding(Recipe recipe, int images, int batchSize, int workers)
            throws IOException, InterruptedException {
        return program.imagesPerSecond(arguments(recipe, images, batchSize, workers));
    }

    /**
     * Returns images/s of an epoch of MoCo v2 in PyTorch with the encoder, precision and queue of
     * the settings, an MLP head, and batch norm over the whole batch.
     *
     * @param images of the epoch
     * @param workers processes, and threads of the training step
     * @param precision resolved, not {@link Precision#AUTO}
     */
    double training(
            Recipe recipe, MocoSettings settings, Precision precision, int images, int workers)
            throws IOException, InterruptedException {
        List<String> arguments = arguments(recipe, images, settings.batchSize(), workers);
        arguments.add(encoder.toString());
        arguments.add(
                JSON.writeValueAsString(
                        Map.of(
                                "architecture",
                                EncoderScript.arguments(settings.encoder().architecture()),
                                "dimension",
                                settings.encoder().head().dimension(),
                                "queue",
                                settings.contrast().queueCapacity(),
                                "bf16",
                                precision == Precision.BF16)));
        return program.imagesPerSecond(arguments);
    }

    private List<String> arguments(Recipe recipe, int images, int batchSize, int workers)
            throws IOException {
        return new ArrayList<>(
                List.of(
                        folder.toString(),
                        JSON.writeValueAsString(recipe),
                        "" + images,
                        "" + batchSize,
                        "" + workers));
    }
}
