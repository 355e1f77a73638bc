package io.millrace.model.snapshot;

/** Bytes that are not a safetensors file, with what was expected and what came. */
public final class MalformedSafetensorsException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    MalformedSafetensorsException(String message) {
        super("not a valid safetensors file: " + message);
    }

    MalformedSafetensorsException(String message, Throwable cause) {
        super("not a valid safetensors file: " + message, cause);
    }
}
