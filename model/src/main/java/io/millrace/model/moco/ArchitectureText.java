package io.millrace.model.moco;

import static java.util.stream.Collectors.joining;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Stem;
import java.util.Locale;
import java.util.Map;

/** A network in words, for messages. */
final class ArchitectureText {

    private ArchitectureText() {}

    static String describe(Architecture architecture) {
        String stem = architecture.stem().label() + " stem";
        String name = name(architecture);
        return name.equals("custom")
                ? "%s blocks %s of width %d with %s"
                        .formatted(
                                lower(architecture.block()),
                                blocks(architecture),
                                architecture.width(),
                                stem)
                : name + " with " + stem;
    }

    /** The settings that make this network. */
    static String options(Architecture architecture) {
        String name = name(architecture);
        String common =
                "encoder.architecture: %s, encoder.stem: %s"
                        .formatted(name, architecture.stem().label());
        return name.equals("custom")
                ? "%s, encoder.block: %s, encoder.width: %d, encoder.blocks: %s"
                        .formatted(
                                common,
                                lower(architecture.block()),
                                architecture.width(),
                                blocks(architecture))
                : common;
    }

    private static String name(Architecture architecture) {
        Stem stem = architecture.stem();
        Map<Architecture, String> names =
                Map.of(
                        Architecture.resnet18(stem), "resnet18",
                        Architecture.resnet34(stem), "resnet34",
                        Architecture.resnet50(stem), "resnet50");
        return names.getOrDefault(architecture, "custom");
    }

    private static String blocks(Architecture architecture) {
        return architecture.blocks().stream().map(String::valueOf).collect(joining(","));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
