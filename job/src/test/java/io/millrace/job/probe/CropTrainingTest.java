package io.millrace.job.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.console.Console;
import io.millrace.job.feed.ProceduralFeed;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.evaluation.FeatureExtractor;
import io.millrace.model.evaluation.LinearClassifier;
import io.millrace.model.evaluation.MocoLinear;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.Torch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class CropTrainingTest {

    /** Large enough that a batch goes through the encoder in two parts. */
    private static final int SIDE = 128;

    private static final int IMAGES = 48;
    private static final int BATCH = 40;
    private static final int FEATURES = 8;

    private static final Architecture SMALL =
            new Architecture(
                    Architecture.Block.BASIC, Architecture.Stem.IMAGENET, 4, List.of(1, 1));

    private final StringWriter shown = new StringWriter();

    @Test
    void fit_isAFunctionOfTheSeed_andSeesOtherCropsInEachEpoch() throws Exception {
        assertThat(FeaturePass.batchSize(SIDE)).isLessThan(BATCH);

        LinearClassifier one = fit(1, 2, 2);
        LinearClassifier again = fit(1, 2, 1);
        LinearClassifier other = fit(2, 2, 1);
        LinearClassifier shorter = fit(1, 1, 1);

        assertThat(one.isFinite()).isTrue();
        assertThat(again.weights()).isEqualTo(one.weights());
        assertThat(other.weights()).isNotEqualTo(one.weights());
        assertThat(shorter.weights()).isNotEqualTo(one.weights());
        assertThat(shown.toString()).contains("phase=linear-MoCo-s done=1 all=2");
    }

    private LinearClassifier fit(long seed, int epochs, int decoders) throws Exception {
        var feed = new ProceduralFeed(5, 0);
        int[] targets = new int[IMAGES];
        try (Torch torch = Torch.start(Torch.Target.CPU, 1);
                Encoder encoder =
                        Encoder.create(
                                torch, SMALL, new Head(Head.Kind.LINEAR, 2), Precision.FP32, 3);
                var extractor = new FeatureExtractor(torch, encoder, Normalization.IMAGENET, SIDE);
                var spool = new ImageSpool()) {
            for (int i = 0; i < IMAGES; i++) {
                spool.add(feed.image(i).bytes());
                targets[i] = i % 2;
            }
            var schedule = new MocoLinear.Schedule(0.5, 0.9, BATCH, epochs, List.of(), seed);
            return new CropTraining(torch, extractor, spool, targets, SIDE)
                    .fit(
                            FEATURES,
                            2,
                            schedule,
                            decoders,
                            new ProbeProgress(Console.detect(new PrintWriter(shown))));
        }
    }
}
