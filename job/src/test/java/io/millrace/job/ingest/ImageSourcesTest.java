package io.millrace.job.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSourcesTest {

    private static final int LIMIT = 1000;

    @TempDir private Path directory;

    @Test
    void open_readsAFolderMixedAndAlwaysAlike() throws IOException {
        Path folder = directory.resolve("photos");
        for (int i = 0; i < 40; i++) {
            write(folder.resolve((i < 20 ? "cat/" : "dog/") + i + ".jpg"), "image " + i);
        }
        write(folder.resolve("readme.txt"), "no image");
        write(folder.resolve("cat/.hidden.jpg"), "no image");

        List<SourceEntry.Image> images = read(sources(folder), 0);

        assertThat(images).hasSize(40).extracting(SourceEntry.Image::index).isSorted();
        assertThat(images.subList(0, 20))
                .extracting(SourceEntry.Image::label)
                .contains("cat", "dog");
        assertThat(images)
                .allSatisfy(
                        image -> {
                            assertThat(image.path()).startsWith(image.label() + "/");
                            assertThat(image.source()).isEqualTo("photos");
                        });
        assertThat(paths(read(sources(folder), 0))).isEqualTo(paths(images));
        // The order is part of what a resumed ingestion relies on.
        assertThat(paths(images).subList(0, 3))
                .containsExactly("dog/26.jpg", "cat/11.jpg", "dog/37.jpg");
    }

    @ParameterizedTest
    @ValueSource(strings = {"images.tar", "images.tar.gz", "images.tgz", "images.zip"})
    void open_readsAnArchiveInItsOrder_fromAnyImage(String name) throws IOException {
        Path archive =
                archive(name, "./train/frog/2.jpg", "train/ship/1.JPEG", "notes.csv", "0.png");

        List<SourceEntry.Image> all = read(sources(archive), 0);

        assertThat(paths(all)).containsExactly("train/frog/2.jpg", "train/ship/1.JPEG", "0.png");
        assertThat(all).extracting(SourceEntry.Image::label).containsExactly("frog", "ship", null);
        assertThat(all.get(1).bytes())
                .isEqualTo("train/ship/1.JPEG".getBytes(StandardCharsets.UTF_8));
        assertThat(paths(read(sources(archive), 2))).containsExactly("0.png");
        assertThat(read(sources(archive), 3)).isEmpty();
    }

    @Test
    void open_continuesAcrossSources_whenResumed() throws IOException {
        Path first = archive("first.tar", "a/1.jpg", "a/2.jpg");
        Path second = archive("second.tar", "b/3.jpg", "b/4.jpg");
        ImageSources sources = ImageSources.of(List.of(first, second), null);

        List<SourceEntry.Image> images = read(sources, 3);

        assertThat(sources.count()).isEqualTo(4);
        assertThat(images).singleElement().isInstanceOf(SourceEntry.Image.class);
        assertThat(images.get(0).index()).isEqualTo(3);
        assertThat(images.get(0).path()).isEqualTo("b/4.jpg");
        assertThat(images.get(0).source()).isEqualTo("second.tar");
    }

    @Test
    void next_passesOverAFile_whenItIsAboveTheLimit() throws IOException {
        Path folder = directory.resolve("photos");
        write(folder.resolve("cat/large.jpg"), "x".repeat(LIMIT + 1));

        try (ImageReader reader = sources(folder).open(0, LIMIT)) {
            assertThat(reader.next())
                    .isEqualTo(new SourceEntry.Oversized(0, "cat/large.jpg", LIMIT + 1));
            assertThat(reader.next()).isNull();
            assertThat(reader.passed()).isEqualTo(LIMIT + 1);
        }
    }

    @Test
    void of_takesLabelsFromBytesOrLines() throws IOException {
        Path archive = archive("images.tar", "1.jpg", "2.jpg", "3.jpg");
        Path bytes = Files.write(directory.resolve("labels.bin"), new byte[] {6, (byte) 200, 0});
        Path lines = Files.writeString(directory.resolve("labels.txt"), "frog\r\ntruck\nship\n");

        assertThat(labels(archive, bytes)).containsExactly("6", "200", "0");
        assertThat(labels(archive, lines)).containsExactly("frog", "truck", "ship");
    }

    @Test
    void of_refuses_whenLabelsAreMiscounted() throws IOException {
        Path archive = archive("images.tar", "1.jpg", "2.jpg", "3.jpg");
        Path two = Files.write(directory.resolve("labels.bin"), new byte[] {6, 9});

        assertThatThrownBy(() -> ImageSources.of(List.of(archive), two))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                .hasMessageContaining("2 labels")
                .hasMessageContaining("3 images");
    }

    @Test
    void next_saysWhere_whenAnArchiveIsCutOff() throws IOException {
        Path archive = archive("images.tar", "1.jpg", "2.jpg", "3.jpg");
        byte[] whole = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(whole, 512 * 4 + 514));

        assertThatThrownBy(() -> read(sources(archive), 0))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("images.tar cannot be read past image 2");
    }

    @Test
    void of_refuses_whenThereIsNothingToRead() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path text = Files.writeString(directory.resolve("notes.txt"), "no archive");

        assertThatThrownBy(() -> sources(empty)).hasMessageContaining("holds no image files");
        assertThatThrownBy(() -> sources(text)).hasMessageContaining("expected a folder, .tar");
        assertThatThrownBy(() -> sources(directory.resolve("none.tar")))
                .hasMessageContaining("no such file");
    }

    @Test
    void open_readsTheCifarBatch_inItsOriginalOrder() {
        Path batch = DataSets.file("cifar10-jpeg-data_batch_1.tar.gz");

        List<SourceEntry.Image> images = read(sources(batch), 0);

        assertThat(images).hasSize(10_000);
        assertThat(images.get(0).path()).isEqualTo("train/frog/00000.jpg");
        assertThat(images.get(3).label()).isEqualTo("deer");
        assertThat(images).extracting(SourceEntry.Image::label).doesNotContainNull();
    }

    private static ImageSources sources(Path path) {
        return ImageSources.of(List.of(path), null);
    }

    private static List<@Nullable String> labels(Path archive, Path labels) {
        List<@Nullable String> found = new ArrayList<>();
        read(ImageSources.of(List.of(archive), labels), 0).forEach(i -> found.add(i.label()));
        return found;
    }

    private static List<SourceEntry.Image> read(ImageSources sources, long from) {
        List<SourceEntry.Image> images = new ArrayList<>();
        try (ImageReader reader = sources.open(from, 100 * LIMIT)) {
            for (SourceEntry e = reader.next(); e != null; e = reader.next()) {
                images.add((SourceEntry.Image) e);
            }
        }
        return images;
    }

    private static List<String> paths(List<SourceEntry.Image> images) {
        return images.stream().map(SourceEntry.Image::path).toList();
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Each file holds its own path. */
    private Path archive(String name, String... paths) throws IOException {
        Path file = directory.resolve(name);
        OutputStream raw = Files.newOutputStream(file);
        if (name.endsWith("zip")) {
            try (var zip = new ZipOutputStream(raw)) {
                for (String path : paths) {
                    zip.putNextEntry(new ZipEntry(path));
                    zip.write(path.getBytes(StandardCharsets.UTF_8));
                }
            }
            return file;
        }
        OutputStream out = name.endsWith("gz") ? new GZIPOutputStream(raw) : raw;
        try (var tar = new TarArchiveOutputStream(out)) {
            for (String path : paths) {
                byte[] content = path.getBytes(StandardCharsets.UTF_8);
                var entry = new TarArchiveEntry(path);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return file;
    }
}
