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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneDnnTest {

    /** What oneDNN prints for every convolution, when ONEDNN_VERBOSE asks for it. */
    private static final String CONVOLUTION = "exec,cpu,convolution";

    @TempDir Path folder;

    /** Convolves in a JVM of its own. */
    static final class Program {
        public static void main(String[] args) {
            try (Torch torch = Torch.start(Torch.Target.CPU, 1);
                    NDManager manager = torch.newManager()) {
                NDArray x = manager.ones(new Shape(32, 8, 16, 16));
                NDArray weight = manager.ones(new Shape(8, 8, 3, 3));
                Shape one = new Shape(1, 1);
                NDArray y = Conv2d.conv2d(x, weight, null, one, one).head();
                System.out.println("inner " + y.getFloat(0, 0, 8, 8) + " off " + OneDnn.isOff());
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

    @Test
    void off_convolvesWithoutIt() throws Exception {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "oneDNN is turned off on Linux and x86-64 only");

        assertThat(run("off")).contains("inner 72.0 off true").doesNotContain(CONVOLUTION);
        assertThat(run("on")).contains("inner 72.0 off false").contains(CONVOLUTION);
    }

    @Test
    void another_isRefused() throws Exception {
        assertThat(run("no")).contains("MILLRACE_ONEDNN in the environment must be on or off");
    }

    private static String run(String variable) throws IOException {
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
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }
}
