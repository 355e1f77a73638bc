package io.millrace.operators;

import io.millrace.model.moco.InitialWeights;
import io.millrace.model.moco.Moco;
import io.millrace.model.moco.UnfitWeightsException;
import io.millrace.model.snapshot.MalformedSnapshotException;
import io.millrace.model.torch.Torch;
import java.io.Closeable;
import java.io.IOException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;

/** Makes learners with the weights that they start from: a file's, or random ones. */
final class FirstWeights implements Closeable {

    private final TrainSettings settings;

    /** Open once a learner has started from it. */
    private @Nullable InitialWeights file;

    FirstWeights(TrainSettings settings) {
        this.settings = settings;
    }

    /** A learner before its first step. */
    Moco begin(Torch torch) {
        var moco = Moco.create(settings.moco(), torch);
        InitialWeights weights = open();
        if (weights != null) {
            moco.initialize(weights);
        }
        return moco;
    }

    /** A learner for a checkpoint to overwrite, which all but the untrained encoder comes from. */
    Moco beginAgain(Torch torch) {
        return settings.probe() == TrainSettings.Probed.TRAINED_AND_UNTRAINED
                ? begin(torch)
                : Moco.create(settings.moco(), torch);
    }

    /**
     * Opens the file, if there is one to start from.
     *
     * @throws SuppressRestartsException if it is not the one that the run was given
     */
    @Nullable InitialWeights open() {
        if (file == null && settings.initial() != null) {
            try {
                file =
                        InitialWeights.open(
                                settings.initial(),
                                settings.moco().encoder(),
                                settings.moco().contrast());
            } catch (MalformedSnapshotException | UnfitWeightsException e) {
                throw new SuppressRestartsException(e);
            }
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
