package io.millrace.job.command;

import io.millrace.job.ingest.ImageReader;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.ingest.SourceEntry;
import io.millrace.job.picture.ViewsPicture;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import io.millrace.model.augment.Augmenter;
import io.millrace.model.image.Decoding;
import io.millrace.model.image.ImageDecoder;
import io.millrace.model.stream.Position;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looking before training. */
@Command(
        name = "views",
        description =
                "Draw a contact sheet: images, the two views that training sees of each, and the"
                        + " parameters that were drawn.",
        sortOptions = false)
public final class ViewsCommand implements Runnable {

    @Option(
            names = "--source",
            paramLabel = "PATH",
            required = true,
            arity = "1..*",
            description = "Image files, folders, .tar, .tar.gz, .tgz or .zip.")
    private List<Path> sources = List.of();

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "A PNG.")
    private Path out = Path.of("views.png");

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "8",
            description = "Images on the sheet (default: ${DEFAULT-VALUE}).")
    private int count;

    @Mixin private SettingsFlags flags = new SettingsFlags();

    @Spec private CommandSpec spec;

    private int rejected;

    @Override
    public void run() {
        if (count < 1 || count > 100) {
            throw new CommandFailure(ExitCode.USAGE, "--count must be 1 to 100, got " + count);
        }
        ResolvedSettings resolved = flags.resolve(null);
        Settings settings = resolved.settings();
        long seed = settings.learning().seed();
        var sheet =
                new ViewsPicture(new Augmenter(settings.views(), seed), settings.views().side());
        int drawn = 0;
        try (var decoder = new ImageDecoder(settings.images())) {
            for (SourceEntry.Image image : read(settings.images().maxBytes())) {
                drawn += add(sheet, decoder, image, drawn) ? 1 : 0;
            }
            if (drawn == 0) {
                throw new CommandFailure(
                        ExitCode.BAD_DATA, "none of the sources' first images can be decoded");
            }
            sheet.save(
                    out, settings.views().side() + "-pixel views, seed " + seed + ", topic images");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "cannot write " + out + ": " + e, e);
        }
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(drawn + " images and their views in " + out);
        printer.flush();
    }

    /** The views of the n-th image are those of the record at offset n of a topic "images". */
    private boolean add(
            ViewsPicture sheet, ImageDecoder decoder, SourceEntry.Image image, int index) {
        Decoding decoding = decoder.decode(image.bytes());
        if (decoding instanceof Decoding.Decoded decoded) {
            sheet.add(image.path(), decoded.image(), new Position("images", 0, index, 0));
            return true;
        }
        if (decoding instanceof Decoding.Rejected refused && rejected++ < count) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(image.path() + ": " + refused.reason() + ": " + refused.detail());
            err.flush();
        }
        return false;
    }

    private List<SourceEntry.Image> read(int maxBytes) {
        try {
            return images(maxBytes);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.BAD_DATA, "cannot read the sources: " + e, e);
        }
    }

    private List<SourceEntry.Image> images(int maxBytes) throws IOException {
        List<SourceEntry.Image> images = new ArrayList<>();
        List<Path> collections = new ArrayList<>();
        for (Path source : sources) {
            String name = String.valueOf(source.getFileName());
            if (Files.isRegularFile(source) && !name.matches(".*\\.(tar|tar\\.gz|tgz|zip)")) {
                if (images.size() < count && Files.size(source) <= maxBytes) {
                    byte[] bytes = Files.readAllBytes(source);
                    images.add(new SourceEntry.Image(images.size(), name, name, null, bytes));
                }
            } else {
                collections.add(source);
            }
        }
        if (collections.isEmpty()) {
            return images;
        }
        try (ImageReader reader = ImageSources.of(collections, null).open(0, maxBytes)) {
            SourceEntry entry = reader.next();
            while (entry != null && images.size() < count) {
                if (entry instanceof SourceEntry.Image image) {
                    images.add(image);
                }
                entry = reader.next();
            }
        }
        return images;
    }
}
