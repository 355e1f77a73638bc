package io.millrace.model.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneDnnTest {

    /** What oneDNN prints for every convolution, when ONEDNN_VERBOSE asks for it. */
    private static final String CONVOLUTION = "exec,cpu,convolution";

    @TempDir Path folder;

    /** Convolves 4 and 8 channels, in a JVM of its own. */
    static final class Program {
        public static void main(String[] args) {
            try (Torch torch = Torch.start(Torch.Target.CPU, 1);
                    NDManager manager = torch.newManager()) {
                for (int channels : new int[] {4, 8, 4}) {
                    OneDnn.suit(channels);
                    NDArray x = manager.ones(new Shape(32, channels, 16, 16));
                    NDArray weight = manager.ones(new Shape(channels, channels, 3, 3));
                    Shape one = new Shape(1, 1);
                    NDArray y = Conv2d.conv2d(x, weight, null, one, one).head();
                    System.out.println(channels + " inner " + y.getFloat(0, 0, 8, 8));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AuthenticAMD, avx512f topoext, true, false",
        "AuthenticAMD, avx512f topoext, false, true",
        "AuthenticAMD, avx2, true, true", // what QEMU shows by default: Linux has the old leaves
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
    @CsvSource({"on, 3", "careful, 1", "off, 0"})
    void use_isWhatTheVariableSays(String variable, int convolutions) throws Exception {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "libtorch is reached on Linux and x86-64 only");

        assertThat(run(variable))
                .contains("4 inner 36.0", "8 inner 72.0")
                .satisfies(
                        lines ->
                                assertThat(lines.stream().filter(l -> l.contains(CONVOLUTION)))
                                        .hasSize(convolutions)
                                        .allMatch(l -> !variable.equals("careful") || isAvx2(l)));
    }

    private static boolean isAvx2(String line) {
        return line.contains("avx2") && line.contains("ic8oc8");
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
        program.environment().put("ONEDNN_VERBOSE", "1");
        Process process = program.redirectErrorStream(true).start();
        return process.inputReader(UTF_8).lines().toList();
    }
}
