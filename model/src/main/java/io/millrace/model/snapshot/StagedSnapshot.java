package io.millrace.model.snapshot;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * A complete snapshot that waits beside the published ones.
 *
 * @param staged where its directory lies until it is published
 * @param published where it belongs
 * @param weightsSha256 of {@code model.safetensors}, lower-case hexadecimal
 */
public record StagedSnapshot(
        String learner,
        long step,
        long images,
        String staged,
        String published,
        String weightsSha256,
        boolean completed)
        implements Serializable {

    public StagedSnapshot {
        requireNonNull(learner, "learner");
        requireNonNull(staged, "staged");
        requireNonNull(published, "published");
        requireNonNull(weightsSha256, "weightsSha256");
    }
}
