package io.millrace.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.Normalization;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeatureExtractorTest {

    private static final int SIDE = 8;
    private static final int VIEW = SIDE * SIDE * 3;
    private static final Architecture SMALL =
            new Architecture(Architecture.Block.BASIC, Architecture.Stem.CIFAR, 4, List.of(1, 1));
    private static final Head HEAD = new Head(Head.Kind.MLP, 6);

    @Test
    void extract_changesNothing_andDoesNotDependOnTheBatch() {
        try (Encoder encoder = Encoder.create(TestTorch.CPU, SMALL, HEAD, Precision.FP32, 3);
                var extractor =
                        new FeatureExtractor(TestTorch.CPU, encoder, Normalization.CIFAR10, SIDE)) {
            float[] parameters = encoder.parameters().toFloatArray();
            float[] buffers = encoder.buffers().toFloatArray();
            extractor.extract(views(5));
            int arrays = TestTorch.CPU.liveArrays();

            FeatureExtractor.Extracted together = extractor.extract(views(5));
            FeatureExtractor.Extracted alone =
                    extractor.extract(views(5).position(2 * VIEW).limit(3 * VIEW));

            assertThat(TestTorch.CPU.liveArrays()).isEqualTo(arrays);
            assertThat(encoder.parameters().toFloatArray()).isEqualTo(parameters);
            assertThat(encoder.buffers().toFloatArray()).isEqualTo(buffers);
            assertThat(together.features()).hasSize(5 * 8);
            assertThat(together.projection()).hasSize(5 * 6);
            assertThat(alone.features())
                    .containsExactly(
                            Arrays.copyOfRange(together.features(), 16, 24), within(1e-5f));
            assertThat(alone.projection())
                    .containsExactly(
                            Arrays.copyOfRange(together.projection(), 12, 18), within(1e-5f));
        }
    }

    private static ByteBuffer views(int count) {
        byte[] pixels = new byte[count * VIEW];
        new Random(9).nextBytes(pixels);
        return ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
    }
}
