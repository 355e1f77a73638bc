package io.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineTest {

    @Test
    void processor_isTheFirstOne_withTheInstructionsThatKernelsAreChosenBy() {
        List<String> lines =
                List.of(
                        "processor\t: 0",
                        "model name\t: Some CPU @ 2.0: GHz",
                        "flags\t\t: fpu sse4_2 avx512_bf16 fma aes avx2",
                        "",
                        "processor\t: 1",
                        "model name\t: Another",
                        "flags\t\t: avx");

        assertThat(Machine.processor(lines))
                .isEqualTo(
                        Map.of(
                                "cpu",
                                "Some CPU @ 2.0: GHz",
                                "instructions",
                                "avx2 avx512_bf16 fma sse4_2"));
    }

    @Test
    void description_saysHowManyCoresThereAre() {
        assertThat(Machine.description())
                .containsEntry("cores", "" + Runtime.getRuntime().availableProcessors());
    }
}
