package io.millrace.job.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.job.bench.Bench;
import io.millrace.job.bench.BenchReport;
import io.millrace.job.bench.MemoryBench;
import io.millrace.job.bench.SourceBench;
import io.millrace.job.bench.ViewsBench;
import io.millrace.job.broker.DirectoryTree;
import io.millrace.job.console.Console;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.settings.Preset;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import io.millrace.model.moco.MocoSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures speed, as ratios in one run. */
@Command(
        name = "bench",
        description = {
            "Measures images/s of the bare training step, of augmentation on one core and of the"
                    + " whole job, in turns, with the preset cifar10-small unless told otherwise.",
            "With --views what feeds the trainer instead: augmentation in one subtask and in one"
                    + " for each core beside plain threads (after a warm-up of 90 s), then the whole job,"
                    + " and with --python a PyTorch DataLoader with the same transforms, alone and"
                    + " before a training step in PyTorch.",
            "The fast quarter is what the fastest quarter of the rounds reached (of subtasks: of all"
                    + " stretches of 1,000 images), which others who use the machine disturb least.",
            "With --peer also a PyTorch program that does the same work: its bare step, and its loop."
        })
public final class BenchCommand implements Callable<Integer> {

    @Mixin private SettingsFlags settingsFlags;

    @Option(
            names = "--memory",
            paramLabel = "STEPS",
            description = "Measure resident memory over so many bare steps instead.")
    private int memory;

    @Option(
            names = "--views",
            description = "Measure what feeds the trainer instead; with --python a DataLoader too.")
    private boolean views;

    @Option(
            names = "--sources-only",
            paramLabel = "RECORDS",
            description =
                    "Measure records/s of the live source and of a replay instead, on a topic of"
                            + " at least so many: alone, and with augmentation.")
    private long sourceRecords;

    @Option(
            names = "--source",
            arity = "1..*",
            paramLabel = "PATH",
            description = "Image folders (class/file), .tar, .tar.gz or .zip.")
    private List<Path> sources = new ArrayList<>();

    @Option(
            names = "--peer",
            paramLabel = "FILE",
            description = "The peer's Python program, moco_cifar.py; needs torch and torchvision.")
    private @Nullable Path peer;

    @Option(names = "--peer-data", paramLabel = "DIR", description = "The peer's --data.")
    private Path peerData = Path.of(".");

    @Option(
            names = "--python",
            paramLabel = "PATH",
            description = "Interpreter of the peer (default: python3) or of the DataLoader.")
    private @Nullable String python;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "Turns of everything (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--steps",
            defaultValue = "60",
            description = "Steps of the bare step and of the peer (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--epochs",
            defaultValue = "2",
            description = "Passes of the job over the sources (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ResolvedSettings resolved =
                settingsFlags.resolve(Preset.CIFAR10_SMALL, Map.of("source.mode", "replay"));
        PrintWriter out = spec.commandLine().getOut();
        if (memory > 0) {
            out.print(memory(resolved.settings()));
            out.flush();
            return ExitCode.OK.code();
        }
        if (sources.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "say with --source what to train on");
        }
        Path directory = Files.createTempDirectory("millrace-bench");
        try {
            if (sourceRecords > 0) {
                out.print(sources(resolved, directory));
                out.flush();
                return ExitCode.OK.code();
            }
            BenchReport report = measure(resolved, directory);
            out.print(
                    json
                            ? new ObjectMapper()
                                            .writerWithDefaultPrettyPrinter()
                                            .writeValueAsString(report.json())
                                    + "\n"
                            : report.render());
            out.flush();
        } finally {
            DirectoryTree.delete(directory);
        }
        return ExitCode.OK.code();
    }

    private BenchReport measure(ResolvedSettings resolved, Path directory) throws Exception {
        ImageSources images = ImageSources.of(sources, null);
        Console console = Console.detect(spec.commandLine().getErr());
        Optional<String> interpreter = Optional.ofNullable(python);
        if (views) {
            return new ViewsBench(resolved, images, console::print)
                    .run(rounds, epochs, interpreter, directory, console);
        }
        Optional<Bench.Peer> other =
                Optional.ofNullable(peer)
                        .map(file -> new Bench.Peer(interpreter.orElse("python3"), file, peerData));
        return new Bench(resolved, images, other, console::print)
                .run(new Bench.Extent(rounds, steps, epochs), directory, console);
    }

    private String sources(ResolvedSettings resolved, Path directory) throws Exception {
        Console console = Console.detect(spec.commandLine().getErr());
        return new SourceBench(resolved, ImageSources.of(sources, null), console::print)
                .run(new SourceBench.Extent(rounds, sourceRecords), directory);
    }

    private String memory(Settings settings) throws IOException {
        MocoSettings moco = settings.withScheduleSteps(1_000_000).moco();
        int wanted = settings.parallelism().threads();
        int cores = Runtime.getRuntime().availableProcessors();
        return MemoryBench.run(moco, wanted > 0 ? wanted : cores, memory);
    }
}
