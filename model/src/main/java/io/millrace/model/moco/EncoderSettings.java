package io.millrace.model.moco;

import static java.util.Objects.requireNonNull;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.torch.Precision;
import java.io.Serializable;

/** What both encoders are. */
public record EncoderSettings(
        Architecture architecture, Head head, Normalization normalization, Precision precision)
        implements Serializable {

    public EncoderSettings {
        requireNonNull(architecture, "architecture");
        requireNonNull(head, "head");
        requireNonNull(normalization, "normalization");
        requireNonNull(precision, "precision");
    }
}
