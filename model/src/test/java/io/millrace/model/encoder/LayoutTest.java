package io.millrace.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.encoder.Layout.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayoutTest {

    private static final Head MLP = new Head(Head.Kind.MLP, 128);

    @Test
    void entries_areAsManyAsTorchvisions_withoutTheHead() {
        assertThat(backbone(Architecture.resnet18(Stem.IMAGENET))).hasSize(120);
        assertThat(backbone(Architecture.resnet34(Stem.IMAGENET))).hasSize(216);
        assertThat(backbone(Architecture.resnet50(Stem.IMAGENET))).hasSize(318);
    }

    @Test
    void parameters_areAsManyAsTorchvisions_withoutTheHead() {
        // torchvision's counts less its 1000-way fc.
        assertThat(parameters(Architecture.resnet18(Stem.IMAGENET))).isEqualTo(11_176_512);
        assertThat(parameters(Architecture.resnet50(Stem.IMAGENET))).isEqualTo(23_508_032);
    }

    @Test
    void entries_followTorchvisionsOrder_inABlockWithDownsampling() {
        List<String> names =
                backbone(Architecture.resnet18(Stem.IMAGENET)).stream()
                        .map(Entry::name)
                        .filter(name -> name.startsWith("layer2.0") && name.endsWith("weight"))
                        .toList();

        assertThat(names)
                .containsExactly(
                        "layer2.0.conv1.weight",
                        "layer2.0.bn1.weight",
                        "layer2.0.conv2.weight",
                        "layer2.0.bn2.weight",
                        "layer2.0.downsample.0.weight",
                        "layer2.0.downsample.1.weight");
    }

    @Test
    void entries_endWithTheHead() {
        List<Entry> entries = Layout.of(Architecture.resnet50(Stem.CIFAR), MLP).entries();

        assertThat(entries.subList(entries.size() - 4, entries.size()))
                .extracting(Entry::name)
                .containsExactly("fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias");
        assertThat(entries.get(entries.size() - 2).shape()).containsExactly(128L, 2048L);
        assertThat(entries.get(0).shape()).containsExactly(64L, 3L, 3L, 3L);
    }

    @Test
    void offsets_leaveNoGap() {
        Layout layout = Layout.of(Architecture.resnet18(Stem.CIFAR), MLP);
        for (List<Entry> flat : List.of(layout.parameters(), layout.buffers())) {
            long end = 0;
            for (Entry entry : flat) {
                assertThat(entry.offset()).as(entry.name()).isEqualTo(end);
                end += entry.size();
            }
            assertThat(Layout.size(flat)).isEqualTo(end);
        }
    }

    private static List<Entry> backbone(Architecture architecture) {
        return Layout.of(architecture, MLP).entries().stream().filter(e -> !e.isHead()).toList();
    }

    private static long parameters(Architecture architecture) {
        return backbone(architecture).stream()
                .filter(entry -> entry.kind().isParameter())
                .mapToLong(Entry::size)
                .sum();
    }
}
