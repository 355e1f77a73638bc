package io.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void caches_areThoseForData_byLevel_withTheCoresThatShareThem(@TempDir Path folder)
            throws IOException {
        cache(folder, 3, "Unified", "16384K", "00000001,00000003");
        cache(folder, 1, "Instruction", "32K", "1");
        cache(folder, 2, "Unified", "512K", "1");
        cache(folder, 0, "Data", "48K", "1");

        assertThat(Machine.caches(folder)).isEqualTo("48K 512K 16384K/3");
    }

    @Test
    void caches_areUnknown_whereNothingSaysThem(@TempDir Path folder) throws IOException {
        assertThat(Machine.caches(folder)).isEqualTo(Machine.UNKNOWN);
        assertThat(Machine.caches(folder.resolve("none"))).isEqualTo(Machine.UNKNOWN);

        cache(folder, 0, "Data", "48K", "1");
        Files.delete(folder.resolve("index0/size"));
        assertThat(Machine.caches(folder)).isEqualTo(Machine.UNKNOWN);
    }

    @Test
    void caches_areStillRead_whenTheirTypeAndCoresAreNotSaid(@TempDir Path folder)
            throws IOException {
        cache(folder, 0, "Data", "48K", "1");
        for (String unsaid : List.of("level", "type", "shared_cpu_map")) {
            Files.delete(folder.resolve("index0").resolve(unsaid));
        }

        assertThat(Machine.caches(folder)).isEqualTo("48K");
    }

    private static void cache(Path folder, int index, String type, String size, String sharing)
            throws IOException {
        Path cache = Files.createDirectory(folder.resolve("index" + index));
        Files.writeString(cache.resolve("level"), Math.max(1, index) + "\n");
        Files.writeString(cache.resolve("type"), type + "\n");
        Files.writeString(cache.resolve("size"), size + "\n");
        Files.writeString(cache.resolve("shared_cpu_map"), sharing + "\n");
    }

    @Test
    void description_saysHowManyCoresThereAre() {
        assertThat(Machine.description())
                .containsEntry("cores", "" + Runtime.getRuntime().availableProcessors());
    }
}
