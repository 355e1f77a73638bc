package io.millrace.model.snapshot;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Bytes that are not a safetensors file, with what was expected and what came. */
public final class MalformedSafetensorsException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String detail;

    MalformedSafetensorsException(String detail) {
        this("", detail, null);
    }

    MalformedSafetensorsException(String detail, Throwable cause) {
        this("", detail, cause);
    }

    private MalformedSafetensorsException(String place, String detail, @Nullable Throwable cause) {
        super(place + "not a valid safetensors file: " + detail, cause);
        this.detail = detail;
    }

    /** The same of a file. */
    MalformedSafetensorsException in(Path file) {
        return new MalformedSafetensorsException(file + ": ", detail, getCause());
    }
}
