package io.millrace.model.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchTest {

    @Test
    void cpuMultipliesBf16_readsTheKernelsFlags(@TempDir Path folder) throws IOException {
        Path with = folder.resolve("with");
        Path without = folder.resolve("without");
        Files.writeString(with, "flags\t\t: avx512f avx512_bf16 sse\n", UTF_8);
        Files.writeString(without, "flags\t\t: avx512f avx512_vnni sse\n", UTF_8);

        assertThat(Torch.cpuMultipliesBf16(with)).isTrue();
        assertThat(Torch.cpuMultipliesBf16(without)).isFalse();
        assertThat(Torch.cpuMultipliesBf16(folder.resolve("absent"))).isFalse();
    }

    @Test
    void sumsInBf16_isOfPyTorch20WithoutAvx512OrOneDnn(@TempDir Path folder) throws IOException {
        Path with = Files.writeString(folder.resolve("with"), "flags : fpu avx2 avx512bw\n");
        Path without = Files.writeString(folder.resolve("without"), "flags : fpu avx2\n");

        assertThat(Torch.sumsInBf16("2.0.1", true, without)).isTrue();
        assertThat(Torch.sumsInBf16("2.0.1", false, with)).isTrue();
        assertThat(Torch.sumsInBf16("2.0.1", true, with)).isFalse();
        assertThat(Torch.sumsInBf16("2.5.1", true, without)).isFalse();
    }

    @Test
    void resolve_keepsWhatWasAskedFor() {
        assertThat(TestTorch.CPU.resolve(Precision.FP32)).isEqualTo(Precision.FP32);
        assertThat(TestTorch.CPU.resolve(Precision.BF16)).isEqualTo(Precision.BF16);
        assertThat(TestTorch.CPU.resolve(Precision.AUTO)).isNotEqualTo(Precision.AUTO);
    }
}
