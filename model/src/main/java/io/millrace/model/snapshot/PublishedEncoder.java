package io.millrace.model.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.HeadReader;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A snapshot read back from its directory: what it is, and its encoder. */
public final class PublishedEncoder {

    /** The projection head's tensors, by the names that they have below the backbone's. */
    public static final String HEAD_FILE = "head.safetensors";

    private static final String WEIGHTS_FILE = "model.safetensors";
    private static final String PREDICTOR = "predictor.";
    private static final JsonMapper JSON = new JsonMapper();

    /** Where an encoder without its head has one all the same. */
    private static final Head NO_HEAD = new Head(Head.Kind.LINEAR, 1);

    private final Path directory;
    private final JsonNode manifest;
    private final List<NamedTensor> backbone;

    /** The head without a predictor, which only training needs. */
    private final List<NamedTensor> projection;

    private PublishedEncoder(
            Path directory, JsonNode manifest, List<NamedTensor> backbone, List<NamedTensor> head) {
        this.directory = directory;
        this.manifest = manifest;
        this.backbone = backbone;
        projection = head.stream().filter(t -> !t.name().startsWith(PREDICTOR)).toList();
    }

    /**
     * Reads a snapshot.
     *
     * @param directory of one snapshot: {@code snapshots/LEARNER/step-0000001200}
     * @throws MalformedSnapshotException if a file is damaged, or is not the one that the manifest
     *     was written for
     */
    public static PublishedEncoder read(Path directory) throws IOException {
        JsonNode manifest = manifest(directory);
        Path head = directory.resolve(HEAD_FILE);
        return new PublishedEncoder(
                directory,
                manifest,
                tensors(
                        directory.resolve(WEIGHTS_FILE),
                        manifest.path(SnapshotManifest.WEIGHTS_SHA256)),
                Files.exists(head)
                        ? tensors(head, manifest.path(SnapshotManifest.HEAD_SHA256))
                        : List.of());
    }

    private static JsonNode manifest(Path directory) throws IOException {
        Path file = directory.resolve(SnapshotManifest.FILE);
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new MalformedSnapshotException(file + ": " + e.getOriginalMessage(), e);
        }
    }

    private static List<NamedTensor> tensors(Path file, JsonNode sha256) throws IOException {
        if (!Files.exists(file)) {
            throw new MalformedSnapshotException(
                    file + " is missing: the manifest beside it was written for it");
        }
        byte[] content = Files.readAllBytes(file);
        String got = SnapshotManifest.sha256(content);
        if (!sha256.asText().equals(got)) {
            throw new MalformedSnapshotException(
                    "%s: expected SHA-256 %s, as the manifest says, got %s; copy the snapshot again"
                            .formatted(file, sha256, got));
        }
        try {
            return Safetensors.decode(content).tensors();
        } catch (MalformedSafetensorsException e) {
            throw new MalformedSnapshotException(file + ": " + e.getMessage(), e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** Optimiser steps that the encoder has taken. */
    public long step() {
        return manifest.path("step").asLong();
    }

    /** Images that it was trained on, repetitions counted. */
    public long images() {
        return manifest.path("images").asLong();
    }

    /** SHA-256 of its weights, lower-case hexadecimal. */
    public String weightsSha256() {
        return manifest.path(SnapshotManifest.WEIGHTS_SHA256).asText();
    }

    /** The backbone's tensors, in the order of the file. */
    List<NamedTensor> backbone() {
        return backbone;
    }

    /** Height and width of the views that it was trained on, pixels. */
    public int side() {
        int side = manifest.path("side").asInt();
        if (side < 1) {
            throw wrong("side", "a positive number of pixels", manifest.path("side"));
        }
        return side;
    }

    /** What brings pixels to its input. */
    public Normalization normalization() {
        try {
            return new Normalization(doubles(manifest.path("mean")), doubles(manifest.path("std")));
        } catch (IllegalArgumentException e) {
            throw new MalformedSnapshotException(file() + ": " + e.getMessage(), e);
        }
    }

    /** The network. */
    public Architecture architecture() {
        JsonNode node = manifest.path("architecture");
        List<Integer> layers = new ArrayList<>();
        node.path("layers").forEach(count -> layers.add(count.asInt()));
        try {
            return new Architecture(
                    choice(node, "block", "basic") ? Block.BASIC : Block.BOTTLENECK,
                    stem(node.path("stem")),
                    node.path("width").asInt(),
                    layers);
        } catch (IllegalArgumentException e) {
            throw new MalformedSnapshotException(file() + ": " + e.getMessage(), e);
        }
    }

    private Stem stem(JsonNode node) {
        return Stem.ofLabel(node.asText())
                .orElseThrow(
                        () ->
                                wrong(
                                        "architecture.stem",
                                        "one of "
                                                + Arrays.stream(Stem.values())
                                                        .map(Stem::label)
                                                        .collect(Collectors.joining(", ")),
                                        node));
    }

    private boolean choice(JsonNode node, String field, String one) {
        if (!node.path(field).isTextual()) {
            throw wrong("architecture." + field, "a name", node.path(field));
        }
        return node.path(field).asText().equals(one);
    }

    private static List<Double> doubles(JsonNode array) {
        List<Double> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asDouble()));
        return values;
    }

    /**
     * The projection head without its predictor, where the snapshot holds one of a kind that is
     * known here.
     */
    public Optional<Head> head() {
        Map<String, List<Long>> shapes = new TreeMap<>();
        projection.forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
        Architecture architecture = architecture();
        return HeadReader.read(shapes, architecture.features())
                .filter(head -> names(Layout.of(architecture, head)).equals(shapes.keySet()));
    }

    private static Set<String> names(Layout layout) {
        return layout.entries().stream()
                .filter(Layout.Entry::isHead)
                .map(Layout.Entry::name)
                .collect(Collectors.toSet());
    }

    /** What of the head's file is of no use here, and why; in one line. */
    public Optional<String> unknownHead() {
        if (projection.isEmpty() || head().isPresent()) {
            return Optional.empty();
        }
        String names = projection.stream().map(NamedTensor::name).collect(Collectors.joining(", "));
        return Optional.of(
                "%s is left out: expected a head of kind %s, got %s"
                        .formatted(
                                directory.resolve(HEAD_FILE),
                                Arrays.stream(Head.Kind.values())
                                        .map(Head.Kind::label)
                                        .collect(Collectors.joining(", ")),
                                names));
    }

    /**
     * An encoder with the snapshot's values and without a predictor. Where there is no {@link
     * #head}, its projections mean nothing.
     *
     * @throws MalformedSnapshotException if a tensor is missing, of another shape, or unknown
     */
    public Encoder encoder(Torch torch, Precision precision) {
        Optional<Head> known = head();
        List<NamedTensor> tensors = new ArrayList<>(backbone);
        known.ifPresent(present -> tensors.addAll(projection));
        torch.enter();
        Encoder encoder =
                Encoder.create(torch, architecture(), known.orElse(NO_HEAD), precision, 0);
        try {
            new TensorLoader(directory, encoder.layout()).load(tensors, encoder, known.isPresent());
        } catch (RuntimeException e) {
            encoder.close();
            throw e;
        }
        return encoder;
    }

    private Path file() {
        return directory.resolve(SnapshotManifest.FILE);
    }

    private MalformedSnapshotException wrong(String field, String expected, JsonNode got) {
        return new MalformedSnapshotException(
                file() + ": expected " + field + " to be " + expected + ", got " + got);
    }
}
