package io.millrace.model.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.millrace.model.encoder.Architecture;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Encoder.Pass;
import io.millrace.model.encoder.Head;
import io.millrace.model.encoder.RowOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneDnnTest {

    /** What oneDNN prints for every convolution, when ONEDNN_VERBOSE asks for it. */
    private static final String CONVOLUTION = "exec,cpu,convolution";

    @TempDir Path folder;

    /** A pass and its gradient by encoders of widths 4, 8 and 4, in a JVM of its own. */
    static final class Program {
        public static void main(String[] args) {
            try (Torch torch = Torch.start(Torch.Target.CPU, 1);
                    NDManager manager = torch.newManager()) {
                torch.enter();
                for (int width : new int[] {4, 8, 4}) {
                    pass(torch, manager, width);
                }
            }
            System.out.println("done");
        }

        private static void pass(Torch torch, NDManager manager, int width) {
            var architecture =
                    new Architecture(
                            Architecture.Block.BASIC, Architecture.Stem.CIFAR, width, List.of(1));
            try (Encoder encoder =
                            Encoder.create(
                                    torch,
                                    architecture,
                                    new Head(Head.Kind.LINEAR, 5),
                                    Precision.FP32,
                                    1);
                    var order = new RowOrder(manager, IntStream.range(0, 32).toArray(), 1);
                    GradientCollector collector = torch.record()) {
                var input = manager.ones(new Shape(32, 3, 16, 16));
                collector.backward(
                        encoder.forward(input, order, Pass.WITH_GRADIENT).projection().sum());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AuthenticAMD, avx512f topoext, true, false",
        "AuthenticAMD, avx512f topoext, false, true",
        "AuthenticAMD, avx2, true, true", // Linux may know them from older leaves
        "GenuineIntel, avx512f, true, false",
        "GenuineIntel, avx512f, false, false", // there oneDNN notices, and guesses
    })
    void hidesCaches_whereAnAmdDoesNotSayThem(
            String vendor, String flags, boolean known, boolean hidden) throws IOException {
        Path cpuInfo = folder.resolve("cpuinfo");
        Files.writeString(cpuInfo, "vendor_id : " + vendor + "\nflags : " + flags + "\n", UTF_8);
        Path cache = folder.resolve("devices/system/cpu/cpu0/cache");
        Files.createDirectories(known ? cache.resolve("index0") : cache);

        assertThat(OneDnn.hidesCaches(cpuInfo, folder)).isEqualTo(hidden);
    }

    @Test
    void hidesCaches_isFalse_whereTheSystemSaysNothing() {
        assertThat(OneDnn.hidesCaches(folder.resolve("absent"), folder)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"on, true, true", "careful, false, true", "off, false, false"})
    void use_isWhatTheVariableSays(String variable, boolean narrow, boolean full) throws Exception {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "libtorch is reached on Linux and x86-64 only");

        List<String> lines = run(variable);

        assertThat(lines).contains("done");
        for (String kind : List.of("forward", "backward_weights", "backward_data")) {
            List<String> convolutions =
                    lines.stream()
                            .filter(line -> line.contains(CONVOLUTION) && line.contains(kind))
                            .toList();
            assertThat(convolutions.stream().anyMatch(line -> line.contains("ic4oc4")))
                    .as(kind + " of width 4")
                    .isEqualTo(narrow);
            assertThat(convolutions.stream().anyMatch(line -> line.contains("ic8oc8")))
                    .as(kind + " of width 8")
                    .isEqualTo(full);
            if (variable.equals("careful")) {
                assertThat(convolutions).allMatch(line -> line.contains("avx2"));
            }
        }
    }

    @Test
    void another_isRefused() throws Exception {
        assertThat(run("no"))
                .anyMatch(
                        line ->
                                line.contains(
                                        "MILLRACE_ONEDNN in the environment must be on, careful or off, got no"));
    }

    private static List<String> run(String variable) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        var program =
                new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName());
        program.environment().put(OneDnn.VARIABLE, variable);
        program.environment().keySet().removeAll(List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"));
        if (variable.equals("on")) { // with AVX-512 it could crash where it should not be on
            program.environment().put("ONEDNN_MAX_CPU_ISA", "AVX2");
        }
        program.environment().put("ONEDNN_VERBOSE", "1");
        Process process = program.redirectErrorStream(true).start();
        return process.inputReader(UTF_8).lines().toList();
    }
}
