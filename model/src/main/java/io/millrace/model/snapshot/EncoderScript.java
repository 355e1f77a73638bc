package io.millrace.model.snapshot;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Architecture.Block;
import java.io.IOException;
import java.io.InputStream;

/** {@code encoder.py}, which builds the encoder in PyTorch. */
public final class EncoderScript {

    private EncoderScript() {}

    /** The script, UTF-8. */
    public static byte[] text() throws IOException {
        try (InputStream resource = EncoderScript.class.getResourceAsStream("encoder.py")) {
            return requireNonNull(resource, "encoder.py is missing from the jar").readAllBytes();
        }
    }

    /** What its function {@code build} takes for the network. */
    public static ObjectNode arguments(Architecture architecture) {
        ObjectNode arguments = JsonNodeFactory.instance.objectNode();
        arguments.put("block", architecture.block() == Block.BASIC ? "basic" : "bottleneck");
        arguments.put("stem", architecture.stem().label());
        arguments.put("width", architecture.width());
        arguments.set("layers", layers(architecture));
        return arguments;
    }

    static JsonNode layers(Architecture architecture) {
        var layers = JsonNodeFactory.instance.arrayNode();
        architecture.blocks().forEach(layers::add);
        return layers;
    }
}
