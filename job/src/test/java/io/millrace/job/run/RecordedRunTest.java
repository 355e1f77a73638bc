package io.millrace.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.snapshot.Machine;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedRunTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path snapshot;

    @Test
    void changes_areNone_onTheSameMachineWithTheSameProgram() throws IOException {
        assertThat(recorded(here()).changes()).isEmpty();
    }

    @Test
    void changes_nameWhatIsOtherwise_andWhatOnlyOneSideSays() throws IOException {
        ObjectNode manifest = here();
        String cores = manifest.at("/machine/cores").asText();
        manifest.withObject("/machine").put("cores", "many").put("SOME_LIMIT", "low");
        manifest.withObject("/versions").remove("java");

        assertThat(recorded(manifest).changes())
                .containsExactly(
                        "java was not recorded then and is " + Versions.all().get("java") + " now",
                        "SOME_LIMIT was low then and is not set now",
                        "cores was many then and is " + cores + " now");
    }

    private static ObjectNode here() {
        ObjectNode manifest = JSON.createObjectNode();
        Versions.all().forEach(manifest.withObject("/versions")::put);
        Machine.description().forEach(manifest.withObject("/machine")::put);
        return manifest;
    }

    private RecordedRun recorded(ObjectNode manifest) throws IOException {
        JSON.writeValue(snapshot.resolve("manifest.json").toFile(), manifest);
        return RecordedRun.of(snapshot);
    }
}
